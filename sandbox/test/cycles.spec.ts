import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const SOURCE = path.join(import.meta.dirname, '..', 'src');

/** Expressions hold subqueries and subqueries hold expressions: README, "Import cycles". Only ever lower this number. */
const LARGEST_CYCLE = 14;

/** The files that each file imports, `import type` included. */
function readImports(): Map<string, string[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  const sources = files.filter(file => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  return new Map(
    sources.map(file => {
      const { importedFiles } = ts.preProcessFile(readFileSync(path.join(SOURCE, file), 'utf8'));
      const local = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      return [file, local.map(({ fileName }) => path.join(path.dirname(file), fileName))];
    }),
  );
}

/** All files that a file imports, directly or through others. */
function reachableFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const imported of imports.get(next) ?? []) {
      if (found.has(imported)) continue;
      found.add(imported);
      open.push(imported);
    }
  }
  return found;
}

describe('import cycles', () => {
  const imports = readImports();
  const reach = new Map([...imports.keys()].map(file => [file, reachableFrom(file, imports)]));
  /** The files that import a file and are imported by it. */
  const cycleOf = (file: string): string[] => [...reach.get(file)!].filter(other => reach.get(other)?.has(file));

  it('are looked for in every file', () => {
    expect(imports.size).toBeGreaterThan(200);
    expect([...imports.values()].flat().filter(file => !imports.has(file))).toEqual([]);
  });

  it(`hold no more than ${LARGEST_CYCLE} files`, () => {
    const largest = [...imports.keys()].map(cycleOf).reduce((a, b) => (b.length > a.length ? b : a));
    expect(largest.length > LARGEST_CYCLE ? largest.sort() : []).toEqual([]);
  });

  it('do not exist in the session', () => {
    const files = [...imports.keys()].filter(file => file.startsWith(`session${path.sep}`));
    expect(files.filter(file => cycleOf(file).length > 0)).toEqual([]);
  });
});
