import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly message: string | undefined;
}

const SUITES = {
  latest: 'node_modules/@modelcontextprotocol/conformance/dist/index.js',
  alpha: 'node_modules/conformance-alpha/dist/index.js',
};

/** Runs the official suite against a server and returns every check that it wrote down. */
export async function runSuite(release: keyof typeof SUITES, url: string, revision: string): Promise<readonly Check[]> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  // Node 24 is what npm scripts run on, but a test may be started with another one.
  const node = path.resolve('node_modules/.bin/node');
  const args = [SUITES[release], 'server', '--url', url, '--suite', 'all', '--spec-version', revision, '-o', directory];
  await new Promise<void>((resolve, reject) => {
    // It exits 1 when a check failed: the checks say which.
    execFile(node, args, { maxBuffer: 64 * 1024 * 1024, timeout: 240_000 }, error =>
      error === null || error.code === 1 ? resolve() : reject(error),
    );
  });
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('checks.json'))
    .flatMap(file => readChecks(path.join(directory, file)));
}

function readChecks(file: string): readonly Check[] {
  const checks = JSON.parse(readFileSync(file, 'utf8')) as {
    id: string;
    status: Check['status'];
    errorMessage?: string;
  }[];
  const scenario = path
    .basename(path.dirname(file))
    .replace(/^server-/, '')
    .replace(/-\d{4}-\d\d-\d\dT.*$/, '');
  return checks.map(({ id, status, errorMessage }) => ({ scenario, id, status, message: errorMessage }));
}
