import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { ServerConfig } from './server.config.js';

/** Gives everybody the validated `ServerConfig`. The environment was read before Nest started, in read-config.ts. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: ServerConfig): DynamicModule {
    return {
      module: ConfigModule,
      imports: [
        NestConfigModule.forRoot({
          ignoreEnvFile: true,
          skipProcessEnv: true,
          cache: true,
          load: [() => ({ server: config })],
        }),
      ],
      providers: [
        {
          provide: ServerConfig,
          inject: [ConfigService],
          useFactory: (service: ConfigService) => service.getOrThrow<ServerConfig>('server'),
        },
      ],
      exports: [ServerConfig],
    };
  }
}
