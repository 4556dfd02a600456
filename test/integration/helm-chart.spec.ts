import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { readConfig } from '../../src/config/read-config.js';
import { baseManifests, faultsOf, type Manifest, manifestsOf } from '../support/kubernetes.js';
import { describeWith } from '../support/system-programs.js';

const run = promisify(execFile);
const CHART = path.resolve('docker', 'helm', 'mssql-mcp');
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-helm-'));
let files = 0;

/** With these values the chart makes what docker/kubernetes/base has. */
const BASE = parse(readFileSync(path.join(CHART, 'ci', 'base-values.yaml'), 'utf8')) as {
  readonly publicUrl: string;
  readonly tenants: readonly object[];
};

function valuesFile(values: object): string {
  const file = path.join(directory, `values-${files++}.yaml`);
  writeFileSync(file, stringify(values));
  return file;
}

async function rendered(values: object, release = 'mssql-mcp'): Promise<readonly Manifest[]> {
  const options = ['--kube-version', '1.34.0', '-f', valuesFile(values)];
  return manifestsOf((await run('helm', ['template', release, CHART, ...options])).stdout);
}

const find = (manifests: readonly Manifest[], kind: string, name?: string) =>
  manifests.find(found => found.kind === kind && (name === undefined || found.metadata.name === name)) as Manifest;
type Variable = { readonly name: string; readonly value?: string; readonly valueFrom?: unknown };
const variablesOf = (deployment: Manifest) => deployment.spec.template.spec.containers[0].env as readonly Variable[];

/** The spec without what the chart alone has, and with variables in one order. */
function comparable({ spec }: Manifest): unknown {
  const copy = structuredClone(spec) as {
    template?: { metadata: unknown; spec: { containers: [{ env?: Variable[]; imagePullPolicy?: string }] } };
  };
  if (copy.template !== undefined) {
    const { labels } = copy.template.metadata as { labels: Record<string, string> };
    copy.template.metadata = { app: labels['app'] };
    const [container] = copy.template.spec.containers;
    delete container.imagePullPolicy;
    container.env?.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  return copy;
}

describe('the values of the chart', () => {
  const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8')) as {
    readonly properties: Record<string, { readonly properties?: object }>;
  };
  const values = parse(readFileSync(path.join(CHART, 'values.yaml'), 'utf8')) as Record<string, object>;

  it('has every setting of .env.example, but for secrets and what the chart sets itself', () => {
    const secrets = ['MSSQL_CONNECTION_STRING', 'MSSQL_PASSWORD', 'STATE_KEY', 'STATE_KEY_PREVIOUS'];
    const ownValues = ['PUBLIC_URL', 'STATE_STORE', 'TENANTS_FILE', 'USERS_FILE'];
    // The ports of the container, production, and what only stdio reads.
    const fixed = ['EXPORT_DIRECTORY', 'METRICS_PORT', 'NODE_ENV', 'SERVER_HOST', 'SERVER_PORT'];
    const documented = [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Za-z]\w+)=/gm)].map(
      ([, name]) => name,
    );
    const settings = Object.keys(schema.properties['settings']?.properties ?? {});
    expect(new Set([...settings, ...secrets, ...ownValues, ...fixed])).toEqual(new Set(documented));
    expect(settings.filter(name => [...secrets, ...ownValues, ...fixed].includes(name))).toEqual([]);
  });

  it('are all described by the schema', () => {
    const known = Object.keys(schema.properties).filter(name => name !== 'global');
    expect(Object.keys(values).sort()).toEqual(known.sort());
  });

  it('belong to the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const chart = parse(readFileSync(path.join(CHART, 'Chart.yaml'), 'utf8')) as Record<string, string>;
    expect([chart['version'], chart['appVersion']]).toEqual([version, version]);
  });
});

describeWith('helm', 'the chart, rendered by Helm', () => {
  it('passes the linter', async () => {
    const { stdout } = await run('helm', ['lint', '--strict', CHART, '-f', valuesFile(BASE)]);
    expect(stdout).toMatch(/0 chart\(s\) failed/);
  });

  it('makes the same objects as docker/kubernetes/base', async () => {
    const manifests = await rendered(BASE);
    const base = baseManifests();
    const names = (list: readonly Manifest[]) => list.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
    expect(names(manifests)).toEqual([...names(base), 'ConfigMap mssql-mcp-tenants'].sort());
    for (const expected of base) {
      const { kind, metadata } = expected;
      const found = find(manifests, kind, metadata.name);
      expect([kind, metadata.name, comparable(found)]).toEqual([kind, metadata.name, comparable(expected)]);
      expect([kind, found.metadata.annotations]).toEqual([kind, metadata.annotations]);
    }
    const tenants = find(manifests, 'ConfigMap').data?.['tenants.yaml'] ?? '';
    expect(parse(tenants)).toEqual(parse(readFileSync('docker/kubernetes/base/tenants.yaml', 'utf8')));
  });

  it('routes a Gateway as the component of docker/kubernetes does', async () => {
    const manifests = await rendered({ ...BASE, ingress: { enabled: false }, gateway: { enabled: true } });
    const route = manifestsOf(readFileSync('docker/kubernetes/components/gateway/route.yaml', 'utf8'));
    expect(find(manifests, 'HTTPRoute').spec).toEqual(route[0]?.spec);
    expect(find(manifests, 'Ingress')).toBeUndefined();
  });

  const shared = {
    image: { repository: 'registry.example.com/mssql-mcp-server' },
    publicUrl: 'https://mcp.example.com',
  };
  it.each<[string, object]>([
    ['the least values', shared],
    [
      'an identity of Entra ID, in place of passwords',
      {
        ...shared,
        secretEnv: { STATE_KEY: 'state-key' },
        usersSecret: '',
        serviceAccountName: 'mcp',
        podLabels: { 'azure.workload.identity/use': 'true' },
      },
    ],
    [
      'a Redis of somebody else, and no policies',
      {
        ...shared,
        redis: { enabled: false },
        stateStore: 'rediss://redis.example.internal:6380',
        networkPolicy: { enabled: false },
      },
    ],
    [
      'the URL of Redis from a Secret',
      {
        ...shared,
        redis: { enabled: false },
        secretEnv: { STATE_KEY: 'state-key', STATE_STORE: 'redis-url' },
      },
    ],
    [
      'everything that a pod may need',
      {
        ...BASE,
        gateway: { enabled: true },
        image: { ...shared.image, digest: `sha256:${'a'.repeat(64)}`, pullSecrets: [{ name: 'registry' }] },
        files: { 'knowledge.yaml': 'terms:\n  - name: "net sales"\n' },
        binaryFiles: { 'logo.png': 'aGVsbG8=' },
        redis: { storageClassName: 'fast' },
        podAnnotations: { team: 'data' },
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
      },
    ],
  ])('makes valid objects of %s', async (_what, values) => {
    const manifests = await rendered(values, 'other');
    expect(manifests.length).toBeGreaterThan(3);
    for (const found of manifests.filter(({ kind }) => kind !== 'ConfigMap'))
      expect([found.kind, faultsOf(found)]).toEqual([found.kind, []]);
    for (const { metadata } of manifests) expect(metadata.name).toMatch(/^other-/);
    const { spec } = find(manifests, 'Deployment').spec.template;
    const volumes = (spec.volumes as { name: string }[]).map(({ name }) => name);
    expect((spec.containers[0].volumeMounts as { name: string }[]).map(({ name }) => name)).toEqual(volumes);
    const store = variablesOf(find(manifests, 'Deployment')).filter(({ name }) => name === 'STATE_STORE');
    expect(store).toHaveLength(1);
  });

  it('gives the server variables that it accepts, numbers as they were written', async () => {
    const settings = {
      EXPORTS: true,
      EXPORT_MAX_BYTES: 2_000_000_000,
      MAX_ROWS: 1000,
      MSSQL_HOST: 'sql.example.internal',
      MSSQL_DATABASE: 'Sales',
      MSSQL_USER: 'mcp_reader',
      PROTECTED_COLUMNS: '*iban*,hr.Persons.*',
      BRAND_NAME: 'Fuß & "Söhne": 100 %',
    };
    const manifests = await rendered({ ...shared, settings, usersSecret: '' });
    const variables = variablesOf(find(manifests, 'Deployment'));
    const plain = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    expect(plain).toMatchObject({ EXPORT_MAX_BYTES: '2000000000', EXPORTS: 'true', BRAND_NAME: settings.BRAND_NAME });
    const config = readConfig({ ...plain, STATE_KEY: randomBytes(32).toString('base64'), MSSQL_PASSWORD: 'p' });
    expect(config.tenants[0]).toMatchObject({
      exports: true,
      limits: { exportMaxBytes: 2_000_000_000 },
      protectedColumns: ['*iban*', 'hr.Persons.*'],
    });
  });

  it('takes the values that docs/deployment.md shows', async () => {
    const [, shown = ''] =
      /### Helm[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];
    const manifests = await rendered(parse(shown) as object);
    expect(find(manifests, 'HTTPRoute').spec.hostnames).toEqual(['mcp.example.com']);
    expect(variablesOf(find(manifests, 'Deployment'))).toContainEqual({ name: 'MAX_ROWS', value: '500' });
  });

  it('restarts the pods when the tenants change, and Redis for no version', async () => {
    const sumOf = (manifests: readonly Manifest[]) =>
      find(manifests, 'Deployment').spec.template.metadata.annotations['checksum/config'] as string;
    const [tenant] = BASE.tenants;
    const changed = { ...BASE, tenants: [{ ...tenant, read_only: false }] };
    const [before, same, after] = await Promise.all([rendered(BASE), rendered(BASE), rendered(changed)]);
    expect(sumOf(before)).toBe(sumOf(same));
    expect(sumOf(before)).not.toBe(sumOf(after));
    const { labels } = find(before, 'StatefulSet').spec.template.metadata;
    expect(JSON.stringify(labels)).not.toMatch(/version|chart/);
  });

  it.each<[string, object, RegExp]>([
    ['no image', { publicUrl: BASE.publicUrl }, /image\.repository|repository is required/],
    ['an address without TLS', { ...BASE, publicUrl: 'http://mcp.example.com' }, /publicUrl: Does not match/],
    ['a misspelt setting', { ...BASE, settings: { MAX_ROW: 5 } }, /MAX_ROW is not allowed/],
    ['a misspelt value', { ...BASE, ingres: { enabled: true } }, /ingres is not allowed/],
    ['a secret among the settings', { ...BASE, settings: { MSSQL_PASSWORD: 'x' } }, /MSSQL_PASSWORD is not allowed/],
    [
      'a password in the address of Redis',
      { ...BASE, stateStore: 'redis://:secret@redis:6379' },
      /stateStore: Does not/,
    ],
    ['replicas without Redis', { ...BASE, redis: { enabled: false } }, /replicas share their state in Redis/],
    ['no key for the state', { ...BASE, secretEnv: { STATE_KEY: null } }, /STATE_KEY/],
  ])('refuses %s', async (_what, values, message) => {
    await expect(rendered(values)).rejects.toMatchObject({ stderr: expect.stringMatching(message) });
  });
});
