import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from './read-config.js';
import { secretsOf } from './secret.decorator.js';
import { NAMESPACES } from './server.config.js';
import { configHashes } from './settings-hash.js';
import { DatabaseConfig } from './tenants/database.config.js';
import { AccessRuleConfig, LimitsConfig, TenantConfig, TenantEntry, UpstreamConfig } from './tenants/tenant.config.js';
import { settingsOf } from './validation/check-settings.js';

const COMPLETE = { MSSQL_HOST: 'db', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'd' };

function hashesOf(env: Record<string, string>) {
  const config = readConfig(env);
  const [tenant] = config.tenants;
  if (tenant === undefined) throw new Error('there is no tenant');
  return configHashes(config, { config: tenant, access: tenant.access });
}

const inFile = (settings: string, env: Record<string, string> = {}) => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-hash-'));
  const file = path.join(directory, 'tenants.yaml');
  writeFileSync(
    file,
    `tenants: [{path: /a, database: {host: h, user: u, password: "\${PW}", database: d}${settings}}]`,
  );
  return hashesOf({ TENANTS_FILE: file, PW: 'p', ...env }).find(({ what }) => what === 'tenants_file')?.sha256;
};

describe('the hash of a configuration', () => {
  it('is one SHA-256 when the environment has all settings', () => {
    expect(hashesOf(COMPLETE)).toEqual([{ what: 'environment', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(hashesOf(COMPLETE)).toEqual(hashesOf({ ...COMPLETE, MSSQL_PORT: '1433', SERVER_PORT: '8008' }));
  });

  it.each<Record<string, string>>([
    { MSSQL_HOST: 'other' },
    { READ_ONLY_MODE: 'false' },
    { MAX_ROWS: '5' },
    { PUBLIC_URL: 'https://mcp.example.com' },
    { ALLOWED_ORIGINS: 'https://claude.ai' },
    { STATE_STORE: 'redis://other:6379' },
    { AUDIT_FILE: 'stdout' },
  ])('changes with %j', change => {
    expect(hashesOf({ ...COMPLETE, ...change })).not.toEqual(hashesOf(COMPLETE));
  });

  it('does not change with a secret', () => {
    const [first, second] = ['a', 'b'].map(secret =>
      hashesOf({
        ...COMPLETE,
        MSSQL_PASSWORD: secret,
        STATE_KEY: createHash('sha256').update(secret).digest('hex'),
        STATE_STORE: `redis://user:p@${secret}@redis:6379`,
      }),
    );
    expect(first).toEqual(second);
    expect(inFile('', { PW: 'a' })).toBe(inFile('', { PW: 'b' }));
  });

  it('leaves out secrets of settings that were built by hand, too', () => {
    const config = readConfig(COMPLETE);
    const hash = (password: string) =>
      configHashes(config, {
        config: Object.assign(new TenantConfig(), { name: 'a', database: { host: 'h', password } }),
        access: undefined,
      });
    expect(hash('a')).toEqual(hash('b'));
  });

  it('changes with the settings of the tenant in its file, and not with their order', () => {
    expect(inFile(', access: [{user: ana}]')).not.toBe(inFile(', access: [{user: bob}]'));
    expect(inFile(', read_only: true, format: csv')).toBe(inFile(', format: csv, read_only: true'));
  });

  it('leaves out every setting whose name is that of a secret', () => {
    const types = [...Object.values(NAMESPACES), TenantEntry, DatabaseConfig, LimitsConfig, AccessRuleConfig];
    const secret = [...types, UpstreamConfig].flatMap(type =>
      settingsOf(type)
        .filter(name => /password|secret|key$|token/i.test(name))
        .map(name => [name, name in secretsOf(new type())]),
    );
    expect(secret).toEqual([
      ['issuedTokenMaxDays', false],
      ['stateKey', true],
      ['headKey', true],
      ['password', true],
      ['clientSecret', true],
    ]);
  });
});
