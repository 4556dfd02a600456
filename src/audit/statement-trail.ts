import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { auditConfig } from '../config/namespaces/audit.config.js';
import type { AuditLine, AuditOutcome } from './audit-entry.js';
import { isStream } from './audit-writer.js';
import { linesOf, trailFiles } from './trail-files.js';

/** The newest bytes of the trail that one search reads. */
const MAX_BYTES = 32 * 1024 * 1024;
/** How many people a search returns for one statement; those who ran it last come first. */
const MAX_PEOPLE = 5;
const HASHES = /"hash":"([0-9a-f]{64})"/g;

export interface StatementRuns {
  readonly principal: string;
  /** How often this person ran the statement, as far as the search reached. */
  runs: number;
  /** ISO 8601. */
  last: string;
}

/** Finds in the trail's files who ran a statement. The files are those of this process and of others that write there. */
@Injectable()
export class StatementTrail {
  constructor(@Inject(auditConfig.KEY) private readonly config: ConfigType<typeof auditConfig>) {}

  /**
   * Returns, by hash, who ran the statements with these hashes (SHA-256 of the text, in hex) in a tenant. Reads the newest
   * 32 MB of the trail. Returns undefined when the trail is not written to a file.
   */
  async runsOf(
    tenant: string,
    hashes: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, readonly StatementRuns[]> | undefined> {
    const { auditFile } = this.config;
    if (['stdout', 'stderr'].includes(auditFile) || isStream(auditFile)) return undefined;
    const found = new Map<string, Map<string, StatementRuns>>();
    for (const { file, start } of await newestParts(auditFile)) {
      for await (const text of linesOf(file, start)) {
        if (!mentions(text, hashes)) continue;
        const line = outcomeOf(text);
        if (line?.type === 'outcome' && line.tenant === tenant) addRuns(found, line, hashes);
      }
    }
    return new Map([...found].map(([hash, people]) => [hash, newest([...people.values()])]));
  }
}

/** The files that hold the newest bytes, the oldest first, and where to begin in each. */
async function newestParts(trail: string): Promise<readonly { readonly file: string; readonly start: number }[]> {
  const parts: { file: string; start: number }[] = [];
  let left = MAX_BYTES;
  for (const file of [...trailFiles(trail)].reverse()) {
    if (left <= 0) break;
    const size = await stat(file).then(
      found => found.size,
      // The retention may have removed it.
      () => 0,
    );
    parts.unshift({ file, start: Math.max(0, size - left) });
    left -= size;
  }
  return parts;
}

function mentions(text: string, hashes: ReadonlySet<string>): boolean {
  for (const [, hash = ''] of text.matchAll(HASHES)) if (hashes.has(hash)) return true;
  return false;
}

/** Returns undefined for a line that is no JSON: the first line of a part may be incomplete. */
function outcomeOf(text: string): (AuditLine & AuditOutcome) | undefined {
  try {
    return JSON.parse(text) as AuditLine & AuditOutcome;
  } catch {
    return undefined;
  }
}

function addRuns(
  found: Map<string, Map<string, StatementRuns>>,
  { principal, time, statements = [] }: AuditLine & AuditOutcome,
  hashes: ReadonlySet<string>,
): void {
  for (const { hash, verdict, kind } of statements) {
    if (!hashes.has(hash) || verdict !== 'allowed' || kind === 'plan') continue;
    const people = found.get(hash) ?? new Map<string, StatementRuns>();
    const known = people.get(principal) ?? { principal, runs: 0, last: time };
    known.runs++;
    known.last = time;
    people.set(principal, known);
    found.set(hash, people);
  }
}

function newest(people: readonly StatementRuns[]): readonly StatementRuns[] {
  return [...people].sort((a, b) => (a.last < b.last ? 1 : -1)).slice(0, MAX_PEOPLE);
}
