import { randomBytes } from 'node:crypto';
import { mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StateCipher } from './state-cipher.js';
import { StateKeyCheck } from './state-key-check.js';
import { stateKey } from './state-key.js';
import { SqliteStateStore } from './sqlite.state-store.js';

describe('the state cipher', () => {
  const cipher = new StateCipher(randomBytes(32));

  it('opens what it sealed, under the same name only', () => {
    const sealed = cipher.seal('a', { secret: 'value' });
    expect(sealed).not.toContain('value');
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('value');
    expect(cipher.open('a', sealed)).toEqual({ secret: 'value' });
    expect(cipher.open('b', sealed)).toBeUndefined();
  });

  it('opens nothing that was changed, cut, or sealed by another key', () => {
    const sealed = Buffer.from(cipher.seal('a', 'x'), 'base64');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(cipher.open('a', changed.toString('base64'))).toBeUndefined();
    }
    expect(cipher.open('a', sealed.subarray(0, 20).toString('base64'))).toBeUndefined();
    expect(new StateCipher(randomBytes(32)).open('a', sealed.toString('base64'))).toBeUndefined();
  });
});

describe('the state key', () => {
  it('is created once beside the state file, readable by its owner only, and never in production', () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-key-'));
    const config = { stateKey: undefined, stateStore: `sqlite:${directory}/state.db`, production: false };
    const key = stateKey(config);
    expect(key).toHaveLength(32);
    expect(stateKey(config)).toEqual(key);
    if (process.platform !== 'win32') expect(statSync(path.join(directory, 'state.key')).mode & 0o777).toBe(0o600);
    expect(() => stateKey({ ...config, production: true })).toThrow('STATE_KEY is required');
  });

  it('must be the one that the state was written with', async () => {
    const store = new SqliteStateStore(':memory:');
    const right = new StateCipher(randomBytes(32));
    await new StateKeyCheck(store, right).onModuleInit();
    await new StateKeyCheck(store, right).onModuleInit();
    await expect(new StateKeyCheck(store, new StateCipher(randomBytes(32))).onModuleInit()).rejects.toThrow(
      'STATE_KEY is not the key this state was written with',
    );
    await store.close();
  });
});
