import { registerAs } from '@nestjs/config';
import { Matches } from 'class-validator';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { Secret } from '../secret.decorator.js';
import { rule } from '../validation/setting.decorators.js';
import { Variable } from '../variable.decorator.js';
import { ProductionConfig } from './production.config.js';

const KEY_BYTES = 32;

const asKey = (text: string): Buffer => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');

const IsStateKey = () =>
  rule(
    'isStateKey',
    (value, owner) =>
      value === undefined ? owner['production'] === false : Buffer.isBuffer(value) && value.length === KEY_BYTES,
    ({ value }) =>
      value === undefined
        ? 'is required in production. Set it to 32 random bytes in base64 or hex (openssl rand -base64 32)'
        : 'must be 32 bytes in base64 or hex (openssl rand -base64 32)',
  );

/** Where OAuth state is kept, and the key that protects it. */
export class StateConfig extends ProductionConfig {
  @Variable('STATE_STORE')
  @Secret(url => String(url).replace(/\/\/.*@/, '//'))
  @Matches(/^(?:sqlite:.+|rediss?:\/\/.+)$/, { message: 'must be sqlite:PATH or redis://HOST:PORT' })
  readonly stateStore: string = 'sqlite:var/state.db';
  /** 32 bytes; without it the state store makes a key of its own and keeps it in var/ (not in production). */
  @Variable('STATE_KEY', asKey) @Secret() @IsStateKey() readonly stateKey: Buffer | undefined = undefined;
}

export function readStateConfig(env: Environment, faults: Faults): StateConfig {
  return readSettings(StateConfig, env, faults);
}

export const stateConfig = registerAs('state', () => readNamespace(readStateConfig));
