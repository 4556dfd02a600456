import { QueryService } from '../database/query/query.service.js';
import { Evaluation, type QueryVerdict } from '../knowledge/evaluation/evaluation.js';
import {
  readRecorded,
  type RecordedResults,
  resultsPathOf,
  writeRecorded,
} from '../knowledge/evaluation/recorded-results.js';
import { knowledgeFileOf } from '../knowledge/loaded-knowledge.js';
import type { Tenant } from '../tenancy/tenant.js';

/** All queries of a tenant together. */
const LIMIT_MS = 60 * 60_000;

const MARKS: Readonly<Record<QueryVerdict['verdict'], string>> = {
  same: ' ok ',
  different: 'DIFF',
  not_recorded: 'NEW ',
  failed: 'FAIL',
  skipped: 'SKIP',
};

/** Evaluates the verified queries of one tenant; `record` writes the results of this run. */
export async function evaluateTenant(
  tenant: Tenant,
  queries: QueryService,
  record: boolean,
): Promise<{ readonly text: string; readonly ok: boolean }> {
  const path = tenant.config.knowledge ?? '';
  const { definitions, faults } = knowledgeFileOf(tenant, path).read();
  if (definitions === undefined) return { text: `${faults.join('\n')}\n`, ok: false };
  const resultsPath = resultsPathOf(path);
  const recorded = readRecorded(resultsPath);
  const verdicts = await new Evaluation(queries).run(tenant, definitions, recorded, AbortSignal.timeout(LIMIT_MS));
  const lines = verdicts.map(
    ({ name, verdict, text }) =>
      `[${MARKS[verdict]}] ${tenant.name}: ${name}${text === undefined ? '' : `: ${text}`}\n`,
  );
  if (!record) return { text: lines.join(''), ok: verdicts.every(({ verdict }) => verdict === 'same') };
  writeRecorded(resultsPath, { ...kept(recorded, verdicts), ...resultsOf(verdicts) });
  return {
    text: `${lines.join('')}Recorded in ${resultsPath}.\n`,
    ok: verdicts.every(({ verdict }) => verdict !== 'failed'),
  };
}

/** What is recorded of queries that failed or were skipped stays; that of queries that are gone does not. */
function kept(recorded: RecordedResults, verdicts: readonly QueryVerdict[]): RecordedResults {
  const names = new Set(verdicts.map(({ name }) => name));
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => names.has(name)));
}

function resultsOf(verdicts: readonly QueryVerdict[]): RecordedResults {
  return Object.fromEntries(
    verdicts.flatMap(({ name, result }) => (result === undefined ? [] : [[name, result] as const])),
  );
}
