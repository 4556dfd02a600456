import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { MCP_REQUIREMENTS } from '../requirements/mcp.js';

export type RequirementId = `MCP-${(typeof MCP_REQUIREMENTS)[number]['id']}`;

/**
 * Says at the beginning of a test which requirements it verifies. They count only when the test passes:
 * requirements.reporter.ts joins what is recorded here with the results of the run.
 */
export function verifies(...ids: readonly RequirementId[]): void {
  const directory = process.env['VERIFIED_DIRECTORY'];
  if (directory === undefined) return;
  const { testPath, currentTestName } = expect.getState();
  const line = JSON.stringify({ ids, file: testPath, test: currentTestName });
  // One file for each of Jest's workers.
  appendFileSync(path.join(directory, `${process.pid}.jsonl`), `${line}\n`);
}
