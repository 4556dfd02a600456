import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const MAX_FILES = 20;
const MAX_LINES = 300;

/** The files of `src` by folder. Specs stand beside what they test and don't count; fixtures are data. */
function sources(): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.spec.ts') || entry.name.endsWith('.fixture.ts')) continue;
    folders.set(entry.parentPath, [...(folders.get(entry.parentPath) ?? []), entry.name]);
  }
  return folders;
}

describe('the sources', () => {
  it('have at most 20 files in a folder: more are two subjects', () => {
    const large = [...sources()].filter(([, files]) => files.length > MAX_FILES);
    expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
    expect(sources().size).toBeGreaterThan(30);
  });

  it('have at most 300 lines in a file', () => {
    const long = [...sources()].flatMap(([folder, files]) =>
      files
        .filter(file => file.endsWith('.ts'))
        .map(
          file => [path.join(folder, file), readFileSync(path.join(folder, file), 'utf8').split('\n').length] as const,
        )
        .filter(([, lines]) => lines > MAX_LINES),
    );
    expect(long).toEqual([]);
  });
});
