import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What os.tmpdir() reads, on Linux and macOS and on Windows. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP'];

/**
 * Jest's globalSetup: a temporary directory of this run, in which the tests make theirs, and which is removed at its end.
 * The workers of Jest start later and inherit the variables.
 */
export default function useOwnTemporaryDirectory() {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-tests-'));
  for (const name of VARIABLES) process.env[name] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
}
