import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';

const ROTATED = /^-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-\d{5}$/;

export interface RotatedFile {
  readonly file: string;
  /** When it was renamed: none of its lines is younger. */
  readonly rotatedAt: Date;
}

/** `audit.jsonl` → `audit-20261121T031500123Z-00001.jsonl`. */
export function rotatedName(trail: string, time: Date, number: number): string {
  const { dir, name, ext } = path.parse(trail);
  const stamp = time.toISOString().replace(/[-:.]/g, '');
  return path.join(dir, `${name}-${stamp}-${String(number).padStart(5, '0')}${ext}`);
}

/** The older files of a trail, the oldest first. */
export function rotatedFiles(trail: string): readonly RotatedFile[] {
  const { dir, name, ext } = path.parse(trail);
  return namesIn(dir)
    .sort()
    .flatMap(file => {
      if (!file.startsWith(name) || !file.endsWith(ext)) return [];
      const match = ROTATED.exec(file.slice(name.length, file.length - ext.length));
      if (match === null) return [];
      const [, y, mo, d, h, mi, s, ms] = match;
      return [{ file: path.join(dir, file), rotatedAt: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`) }];
    });
}

/** All files of a trail, oldest first: the rotated ones sort by the time in their names; the current one is the last. */
export function trailFiles(trail: string): readonly string[] {
  const { dir, name, ext } = path.parse(trail);
  const names = namesIn(dir);
  const rotated = names.filter(file => file.startsWith(`${name}-`) && file.endsWith(ext)).sort();
  return [...rotated, ...names.filter(file => file === `${name}${ext}`)].map(file => path.join(dir, file));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory === '' ? '.' : directory);
  } catch {
    return [];
  }
}

/**
 * Yields the lines of a file from the byte `start` on; the first one may then be incomplete. Splits at line feeds only,
 * because readline also ends a line at U+2028, which a statement in an older trail may contain.
 */
export async function* linesOf(file: string, start = 0): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', start })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
