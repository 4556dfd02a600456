import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Job {
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly services?: Readonly<
    Record<string, { readonly image: string; readonly env: Record<string, string>; readonly ports: readonly string[] }>
  >;
  readonly steps: readonly { readonly run?: string; readonly env?: Record<string, string> }[];
}

describe('.github/workflows/ci.yml', () => {
  const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as { jobs: Readonly<Record<string, Job>> };
  const commandsOf = (name: string) => (jobs[name]?.steps ?? []).map(step => step.run ?? '').join('\n');

  it('has one required job, which fails unless every other job has succeeded', () => {
    const { required, ...others } = jobs;
    expect([...(required?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
    // Without it the job would be skipped after a failure, and a skipped job counts as a success.
    expect(required?.if).toBe('always()');
    expect(commandsOf('required')).toContain(`'map(.result == "success") | all'`);
    expect(required?.steps[0]?.env).toEqual({ JOBS: '${{ toJSON(needs) }}' });
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
