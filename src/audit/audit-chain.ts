import { hash } from 'node:crypto';
import type { AuditLine } from './audit-entry.js';

export const FIRST_HASH = '0'.repeat(64);

/** Links the lines of one chain: each line has the hash of the line before it. */
export class AuditChain {
  private previous = FIRST_HASH;
  private seq = 0;

  /** The number of the last line; -1 before the first. */
  get last(): number {
    return this.seq - 1;
  }

  constructor(readonly id: string) {}

  /** Adds a line to the chain and returns its text. */
  add(type: AuditLine['type'], time: string, fields: object): string {
    const line: AuditLine = { previous: this.previous, chain: this.id, seq: this.seq++, time, type, ...fields };
    // The opening brace is left out, because it comes before the hash.
    const rest = JSON.stringify(line).slice(1).replace(LINE_ENDS, escaped);
    this.previous = hashOfLine(rest);
    return `{"hash":"${this.previous}",${rest}\n`;
  }
}

/** JSON allows these characters in a string, but Node's readline and Python's splitlines end a line at them. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `rest` has the hash of the line before it, so the hash covers the whole chain up to this line. */
export function hashOfLine(rest: string): string {
  return hash('sha256', rest, 'hex');
}

/** The hash in a line that `add` returned. */
export function hashIn(line: string): string {
  return line.slice('{"hash":"'.length, '{"hash":"'.length + FIRST_HASH.length);
}

const LINE = /^\{"hash":"([0-9a-f]{64})",(.*)$/s;

/** Reads a line of a file; undefined if its hash is wrong. */
export function readLine(text: string): { hash: string; line: AuditLine } | undefined {
  const match = LINE.exec(text);
  if (match === null || hashOfLine(match[2] ?? '') !== match[1]) return undefined;
  try {
    return { hash: match[1], line: JSON.parse(`{${match[2] ?? ''}`) as AuditLine };
  } catch {
    return undefined;
  }
}
