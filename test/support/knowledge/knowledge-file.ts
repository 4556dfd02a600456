import { mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface KnowledgeTestFile {
  readonly path: string;
  /** Writes another version, of a time in the past, so that it counts as complete at once. */
  write(text: string): void;
}

/** A knowledge file of a test's own. */
export function knowledgeFile(text: string): KnowledgeTestFile {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-knowledge-')), 'knowledge.yaml');
  let version = 0;
  const write = (next: string): void => {
    writeFileSync(`${file}.new`, next);
    const at = Date.now() / 1000 - 3_600 + ++version;
    utimesSync(`${file}.new`, at, at);
    renameSync(`${file}.new`, file);
  };
  write(text);
  return { path: file, write };
}
