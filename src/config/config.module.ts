import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, registerAs } from '@nestjs/config';
import { NAMESPACES, namespaceOf, ServerConfig } from './server.config.js';

/**
 * Gives every module the namespaces of a configuration that was read and validated before Nest started, so that all its
 * faults are listed at once. Nest's own `validate` is not used: it copies what it returns into `process.env`.
 */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: ServerConfig): DynamicModule {
    const load = Object.entries(NAMESPACES).map(([name, type]) => registerAs(name, () => namespaceOf(config, type)));
    return {
      module: ConfigModule,
      imports: [
        NestConfigModule.forRoot({ ignoreEnvFile: true, validatePredefined: false, skipProcessEnv: true, load }),
      ],
      providers: [{ provide: ServerConfig, useValue: config }],
      exports: [NestConfigModule, ServerConfig],
    };
  }
}
