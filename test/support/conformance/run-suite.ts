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

/** Runs the official suite against a server and returns all its checks. */
export async function runSuite(release: keyof typeof SUITES, url: string, revision: string): Promise<readonly Check[]> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  // npm scripts run on Node 24, but a test may have been started with another version.
  const node = path.resolve('node_modules/.bin/node');
  const args = [SUITES[release], 'server', '--url', url, '--suite', 'all', '--spec-version', revision, '-o', directory];
  await new Promise<void>((resolve, reject) => {
    // It exits with 1 if a check failed. The result of each check is in a file.
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
