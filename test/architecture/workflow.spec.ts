import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Job {
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly services?: Readonly<
    Record<string, { readonly image: string; readonly env: Record<string, string>; readonly ports: readonly string[] }>
  >;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Record<string, string>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';
const workflows = readdirSync(FOLDER).map(file => {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  return [file, parse(text) as Workflow, text] as const;
});

describe.each(workflows)('%s', (_file, { permissions, jobs }, text) => {
  it('names actions by their commit, and the version beside it', () => {
    for (const [line] of text.matchAll(/^.*\buses: .*$/gm))
      expect(line).toMatch(
        /uses: (?:\.\/\.github\/workflows\/\w+\.yml|[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
      );
  });

  it('has no right but reading where a job asks for none, and ends every job in time', () => {
    expect(Object.values(permissions ?? { all: 'write' }).filter(right => right !== 'read')).toEqual([]);
    for (const [name, job] of Object.entries(jobs))
      expect([name, job.uses !== undefined || (job['timeout-minutes'] ?? 0) > 0]).toEqual([name, true]);
  });

  it('gives shells no text of GitHub but through variables', () => {
    const steps = Object.values(jobs).flatMap(job => job.steps ?? []);
    expect(steps.filter(({ run = '' }) => run.includes('${{'))).toEqual([]);
  });
});

describe('.github/workflows/release.yml', () => {
  const { on, jobs } = workflows.find(([file]) => file === 'release.yml')?.[1] as Workflow;
  const stepsOf = (name: string) => jobs[name]?.steps ?? [];
  const runsOf = (name: string) =>
    stepsOf(name)
      .map(step => step.run ?? '')
      .join('\n');

  it('runs for tags of versions only', () => {
    expect(Object.keys(on)).toEqual(['push']);
    expect(Object.keys(on['push'] as object)).toEqual(['tags']);
  });

  it('publishes nothing before the notes and all tests, and the release last', () => {
    const writes = ({ permissions = {} }: Job) => Object.values(permissions).includes('write');
    for (const [name, job] of Object.entries(jobs).filter(([, job]) => writes(job))) {
      const before = new Set<string>();
      for (const next = [...(job.needs ?? [])]; next.length > 0;) {
        const needed = next.pop() ?? '';
        before.add(needed);
        next.push(...[jobs[needed]?.needs ?? []].flat());
      }
      expect([name, [...before]]).toEqual([name, expect.arrayContaining(['notes', 'tests'])]);
      // People can be asked to approve an environment.
      expect([name, job.environment]).toEqual([name, 'release']);
    }
    expect(jobs['tests']?.uses).toBe('./.github/workflows/ci.yml');
    expect(workflows.find(([file]) => file === 'ci.yml')?.[1].on).toHaveProperty('workflow_call');
    expect([...(jobs['release']?.needs ?? [])].sort()).toEqual(['chart', 'image', 'mcpb', 'notes', 'npm']);
  });

  it('gives each job only the rights that it needs', () => {
    const rights = Object.fromEntries(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]));
    const read = { contents: 'read' };
    expect(rights).toEqual({
      notes: read,
      tests: read,
      npm: { ...read, 'id-token': 'write' },
      image: { ...read, packages: 'write', 'id-token': 'write', attestations: 'write' },
      chart: { ...read, packages: 'write', 'id-token': 'write' },
      mcpb: read,
      release: { contents: 'write', 'id-token': 'write', attestations: 'write' },
    });
  });

  it('stores no credential: the token of the job is the only secret', () => {
    const text = JSON.stringify(jobs);
    expect(new Set(text.match(/secrets\.\w+/g))).toEqual(new Set(['secrets.GITHUB_TOKEN']));
    const checkouts = Object.values(jobs).flatMap(({ steps = [] }) =>
      steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')),
    );
    for (const { with: options } of checkouts) expect(options).toEqual({ 'persist-credentials': false });
  });

  it('publishes with provenance, a bill of materials and signatures, for both architectures', () => {
    expect(runsOf('npm')).toMatch(/npm publish --provenance/);
    const build = stepsOf('image').find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({
      file: 'docker/Dockerfile',
      platforms: 'linux/amd64,linux/arm64',
      sbom: true,
      provenance: 'mode=max',
    });
    for (const job of ['image', 'chart']) expect(runsOf(job)).toMatch(/cosign sign --yes /);
  });

  it('names scripts and folders that exist', () => {
    const named = Object.keys(jobs).flatMap(name => runsOf(name).match(/\b(?:scripts|docker)\/[\w./-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter(file => !existsSync(file))).toEqual([]);
  });
});

describe('.github/workflows/ci.yml', () => {
  const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as { jobs: Readonly<Record<string, Job>> };
  const commandsOf = (name: string) => (jobs[name]?.steps ?? []).map(step => step.run ?? '').join('\n');

  it('has one required job, which fails unless every other job has succeeded', () => {
    const { required, ...others } = jobs;
    expect([...(required?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
    // Without it the job would be skipped after a failure, and a skipped job counts as a success.
    expect(required?.if).toBe('always()');
    expect(commandsOf('required')).toContain(`'map(.result == "success") | all'`);
    expect(required?.steps?.[0]?.env).toEqual({ JOBS: '${{ toJSON(needs) }}' });
  });

  it('runs the tests of a real server against SQL Server 2019, 2022 and 2025', () => {
    const job = jobs['sql-server'];
    expect(job?.strategy?.matrix['version']).toEqual(['2019-latest', '2022-latest', '2025-latest']);
    const service = job?.services?.['mssql'];
    expect(service?.image).toBe('mcr.microsoft.com/mssql/server:${{ matrix.version }}');
    expect(service?.ports).toEqual(['1433:1433']);
    const password = service?.env['MSSQL_SA_PASSWORD'] ?? '';
    expect(job?.env).toEqual({ TEST_MSSQL_URL: `mssql://sa:${password}@127.0.0.1:1433` });
    expect(commandsOf('sql-server')).toMatch(
      /-e TEST_MSSQL_URL .*\.ci\/run --selectProjects integration e2e sqlserver$/m,
    );
  });

  it('names files that exist', () => {
    const named = Object.keys(jobs).flatMap(name => commandsOf(name).match(/(?:\.ci|test|scripts)\/[\w./-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter(file => !existsSync(file))).toEqual([]);
  });
});
