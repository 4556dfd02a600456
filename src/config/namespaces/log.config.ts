import { registerAs } from '@nestjs/config';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsChoice, IsFlag } from '../validation/setting.decorators.js';
import { asFlag, asWord, Variable } from '../variable.decorator.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The names of Python's logging, which older .env files have. */
const PYTHON_LEVELS: Readonly<Record<string, LogLevel>> = { warning: 'warn', critical: 'fatal' };

export class LogConfig {
  @Variable('LOG_LEVEL', text => PYTHON_LEVELS[String(asWord(text))] ?? asWord(text))
  @IsChoice(LOG_LEVELS)
  readonly logLevel: LogLevel = 'info';
  /** The same as LOG_LEVEL=debug, and stronger. */
  @Variable('DEBUG_MODE', asFlag) @IsFlag() readonly debugMode: boolean = false;
}

export function readLogConfig(env: Environment, faults: Faults): LogConfig {
  const config = readSettings(LogConfig, env, faults);
  return config.debugMode ? Object.assign(config, { logLevel: 'debug' as const }) : config;
}

export const logConfig = registerAs('log', () => readNamespace(readLogConfig));
