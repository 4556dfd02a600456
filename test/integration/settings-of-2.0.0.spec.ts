import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../../src/config/read-config.js';
import { TENANT_SECRETS } from '../fixtures/version-2.0.0/tenant-secrets.js';

const FIXTURE = path.resolve('test/fixtures/version-2.0.0');
const environment = parseEnv(readFileSync(path.join(FIXTURE, 'server.env'), 'utf8'));
const several = { TENANTS_FILE: path.join(FIXTURE, 'config', 'tenants.yaml'), ...TENANT_SECRETS };
const read = JSON.parse(readFileSync(path.join(FIXTURE, 'settings.json'), 'utf8')) as Record<string, object>;

/** `{limits: {maxRows: 1}}` as `limits.maxRows` → 1. Lists are one value. */
function flat(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    typeof each === 'object' && each !== null && (!Array.isArray(each) || typeof each[0] === 'object')
      ? flat(each, `${prefix}${name}.`)
      : [[prefix + name, each] as [string, unknown]],
  );
}

/** The settings that 2.0.0 had and that this version reads differently, without those of a list that only grew. */
function changed(kind: 'single' | 'tenants', env: Record<string, string | undefined>): Record<string, unknown> {
  const now = new Map(flat(readConfig(env)));
  return Object.fromEntries(
    flat(read[kind] ?? {})
      .filter(([name, value]) => JSON.stringify(now.get(name)) !== JSON.stringify(value))
      .map(([name]) => [name, now.get(name)]),
  );
}

/** CHANGELOG says that these restore the defaults of 2.0.0. */
const RESTORED = {
  MAX_RESULT_BYTES: '120000',
  MAX_CELL_BYTES: '32000',
  CLIENT_DOCUMENTS: 'claude.ai,claude.com,chatgpt.com,openai.com,vscode.dev',
  ALLOWED_REDIRECT_HOSTS: 'claude.ai,claude.com,anthropic.com,chatgpt.com,vscode.dev',
};

/** As well, for behaviour that 2.0.0 had no setting for. */
const RESTORED_BEHAVIOUR = {
  LOCK_TIMEOUT: '0',
  DEADLOCK_PRIORITY: 'normal',
  SHOW_AUTHOR_MESSAGES: 'false',
  METRICS_HOST: '0.0.0.0',
  REFRESH_REUSE_GRACE: '0',
  ENVIRONMENT_PATH: 'from-proxy',
};

/** The host of PUBLIC_URL was in this list; now the guard adds it. CLIENT_DOCUMENTS has taken the place of the other. */
const MOVED = {
  allowedOrigins: ['https://claude.ai', 'https://claude.com', 'https://chatgpt.com', 'https://vscode.dev'],
  cimdAllowedHosts: undefined,
};

const manyHosts = expect.arrayContaining(['insiders.vscode.dev', 'global.consent.azure-apim.net']) as unknown;

describe('.env and tenants.yaml of version 2.0.0', () => {
  it('are read without a fault, with the changed defaults that CHANGELOG lists', () => {
    expect(changed('single', environment)).toEqual({
      ...MOVED,
      'tenants.0.limits.maxResultBytes': 16_000,
      'tenants.0.limits.maxCellBytes': 4_000,
      'tenants.0.allowedRedirectHosts': manyHosts,
    });
    expect(changed('tenants', { ...environment, ...several })).toEqual({
      ...MOVED,
      'tenants.0.allowedRedirectHosts': manyHosts,
      'tenants.1.limits.maxResultBytes': 16_000,
      'tenants.1.limits.maxCellBytes': 4_000,
    });
  });

  it('mean what they meant with the settings that restore the defaults of 2.0.0', () => {
    expect(changed('single', { ...environment, ...RESTORED })).toEqual(MOVED);
    expect(changed('tenants', { ...environment, ...several, ...RESTORED })).toEqual(MOVED);
    expect(readConfig({ ...environment, ...RESTORED }).clientDocuments).toEqual(RESTORED.CLIENT_DOCUMENTS.split(','));
  });

  it('find in CHANGELOG every setting that restores a default, in a form that this version accepts', () => {
    const upgrading = /### Upgrading from 2\.0\.0[\s\S]*?\n### /.exec(readFileSync('CHANGELOG.md', 'utf8'))?.[0] ?? '';
    const restoring = [...upgrading.matchAll(/\| `([A-Z_]+)=([^`]+)` \|$/gm)].map(([, name, value]) => [name, value]);
    expect(Object.fromEntries(restoring)).toEqual({ ...RESTORED, ...RESTORED_BEHAVIOUR });
    const { metricsHost, refreshReuseGrace, tenants, adoptsPath } = readConfig({
      ...environment,
      ...RESTORED_BEHAVIOUR,
    });
    expect({ metricsHost, refreshReuseGrace, adoptsPath }).toEqual({
      metricsHost: '0.0.0.0',
      refreshReuseGrace: 0,
      adoptsPath: true,
    });
    expect(tenants[0]).toMatchObject({
      deadlockPriority: 'normal',
      showAuthorMessages: false,
      limits: { lockTimeout: 0 },
    });
  });
});
