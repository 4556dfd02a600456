import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCorpus } from '../corpus/corpus-case.ts';
import { REFUSED } from '../grammar/refused.ts';
import { DIFFERENCES } from './differences.ts';
import { differencesTable, refusedTable, replaceTable, worksTable } from './tables.ts';

const README = path.join(import.meta.dirname, '../../README.md');

/** The current README, and the README that the tests generate. */
export function readmeTexts(): { readonly now: string; readonly expected: string } {
  const now = readFileSync(README, 'utf8');
  let expected = replaceTable(now, 'what works', worksTable(readCorpus()));
  expected = replaceTable(expected, 'what is refused', refusedTable(REFUSED));
  return { now, expected: replaceTable(expected, 'what differs', differencesTable(DIFFERENCES)) };
}

export function writeReadme(): void {
  writeFileSync(README, readmeTexts().expected);
}
