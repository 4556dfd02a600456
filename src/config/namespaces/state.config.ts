import { registerAs } from '@nestjs/config';
import { Matches } from 'class-validator';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { Secret } from '../secret.decorator.js';
import { IsWholeNumber, rule } from '../validation/setting.decorators.js';
import { asNumber, Variable } from '../variable.decorator.js';
import { ProductionConfig } from './production.config.js';

const KEY_BYTES = 32;

const asKey = (text: string): Buffer => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');

/** 32 random bytes have about 30 different values; fewer than this is a text such as "aaaa…", or zeros. */
const MIN_DIFFERENT_BYTES = 8;

const isRandom = (key: Buffer): boolean => new Set(key).size >= MIN_DIFFERENT_BYTES;

const IsStateKey = () =>
  rule(
    'isStateKey',
    (value, owner) =>
      value === undefined
        ? owner['production'] === false
        : Buffer.isBuffer(value) && value.length === KEY_BYTES && isRandom(value),
    ({ value }) =>
      value === undefined
        ? 'is required in production. Set it to 32 random bytes in base64 or hex (openssl rand -base64 32)'
        : 'must be 32 random bytes in base64 or hex (openssl rand -base64 32)',
  );

/** It may be one that is refused as STATE_KEY, so that a server with such a key can leave it behind. */
const IsPreviousStateKey = () =>
  rule(
    'isPreviousStateKey',
    (value, { stateKey }) =>
      value === undefined ||
      (Buffer.isBuffer(value) && value.length === KEY_BYTES && !(Buffer.isBuffer(stateKey) && value.equals(stateKey))),
    'must be 32 bytes in base64 or hex, and not the same as STATE_KEY. Remove it when the rotation is over',
  );

/** Where OAuth state is kept, and the key that protects it. */
export class StateConfig extends ProductionConfig {
  @Variable('STATE_STORE')
  @Secret(url => String(url).replace(/\/\/.*@/, '//'))
  @Matches(/^(?:sqlite:.+|rediss?:\/\/.+)$/, { message: 'must be sqlite:PATH or redis://HOST:PORT' })
  readonly stateStore: string = 'sqlite:var/state.db';
  /** 32 bytes; without it the state store makes a key of its own and keeps it in var/ (not in production). */
  @Variable('STATE_KEY', asKey) @Secret() @IsStateKey() readonly stateKey: Buffer | undefined = undefined;
  /** While STATE_KEY is rotated: the other key, which opens what it protects and protects nothing new. */
  @Variable('STATE_KEY_PREVIOUS', asKey)
  @Secret()
  @IsPreviousStateKey()
  readonly stateKeyPrevious: Buffer | undefined = undefined;
  /**
   * The size limit of the cached answers, which are in the memory of this process with SQLite and in Redis otherwise. One
   * answer may take at most 1/512 of it.
   */
  @Variable('CACHE_MAX_BYTES', asNumber)
  @IsWholeNumber(1_000_000, 100_000_000_000)
  readonly cacheMaxBytes: number = 64_000_000;
}

export function readStateConfig(env: Environment, faults: Faults): StateConfig {
  return readSettings(StateConfig, env, faults);
}

export const stateConfig = registerAs('state', () => readNamespace(readStateConfig));
