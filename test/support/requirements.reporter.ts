import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
// Node.js loads reporters itself, without Jest's mapping of .js to .ts.
import { MCP_REQUIREMENTS } from '../requirements/mcp.ts';

/** The parts of Jest's results that are read here. */
interface RunResults {
  readonly testResults: readonly {
    readonly testFilePath: string;
    readonly testResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

interface CitationRecord {
  readonly ids: readonly string[];
  readonly file: string;
  readonly test: string;
}

const keyOf = (file: string, test: string): string => JSON.stringify([file, test]);

/**
 * A Jest reporter for a whole run: fails it when a requirement was verified by no test that ran and passed. Tests say
 * with `verifies` what they verify. scripts/test.mjs adds the reporter when nothing was selected.
 */
export default class RequirementsReporter {
  private readonly directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-verified-'));
  private error: Error | undefined;

  constructor() {
    // Jest's workers inherit it.
    process.env['VERIFIED_DIRECTORY'] = this.directory;
  }

  onRunComplete(_contexts: unknown, { testResults }: RunResults): void {
    const passed = new Set(
      testResults.flatMap(({ testFilePath, testResults: tests }) =>
        tests.filter(({ status }) => status === 'passed').map(({ fullName }) => keyOf(testFilePath, fullName)),
      ),
    );
    const verified = new Set(
      this.records()
        .filter(({ file, test }) => passed.has(keyOf(file, test)))
        .flatMap(({ ids }) => ids),
    );
    rmSync(this.directory, { recursive: true });
    const open = MCP_REQUIREMENTS.filter(({ id }) => !verified.has(`MCP-${id}`));
    const count = MCP_REQUIREMENTS.length;
    console.log(`\nRequirements of MCP: ${count - open.length} of ${count} were verified by tests that passed.`);
    if (open.length === 0) return;
    const list = open.map(({ id, text }) => `  MCP-${id}: ${text}`).join('\n');
    this.error = new Error(`No test that passed has verified these requirements (test/requirements/mcp.ts):\n${list}`);
    console.error(this.error.message);
  }

  /** Jest fails a run whose reporter has an error. */
  getLastError(): Error | undefined {
    return this.error;
  }

  private records(): readonly CitationRecord[] {
    return readdirSync(this.directory).flatMap(name =>
      readFileSync(path.join(this.directory, name), 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as CitationRecord),
    );
  }
}
