import fc from 'fast-check';
import { LineSplitter } from './line-splitter.js';

const LIMIT = 10;

/** Pushes the bytes in pieces of these sizes, and the rest in one piece. */
function linesOf(bytes: Buffer, sizes: readonly number[]): (string | undefined)[] {
  const splitter = new LineSplitter(LIMIT);
  const lines: (string | undefined)[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    for (const line of splitter.push(bytes.subarray(at, at + size))) lines.push(line?.toString('latin1'));
    at += size;
  }
  return lines;
}

describe('the line splitter', () => {
  it('gives the same lines however the bytes arrive, and nothing for a line above the limit', () => {
    const text = fc.array(fc.stringMatching(/^[a-z\r]{0,13}$/), { maxLength: 8 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(7), { maxLength: 20 }), (lines, sizes) => {
        const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
        expect(linesOf(bytes, sizes)).toEqual(lines.map(line => (line.length > LIMIT ? undefined : line)));
      }),
    );
  });

  it('keeps back what has no newline yet', () => {
    expect(linesOf(Buffer.from('one\ntwo'), [2, 3])).toEqual(['one']);
  });

  it('does not keep the bytes of a line that is too long', () => {
    const splitter = new LineSplitter(LIMIT);
    for (let i = 0; i < 100; i++) expect([...splitter.push(Buffer.alloc(1_000, 0x61))]).toEqual([]);
    expect((splitter as unknown as { parts: Buffer[] }).parts).toEqual([]);
    expect([...splitter.push(Buffer.from('\nshort\n'))].map(String)).toEqual(['undefined', 'short']);
  });
});
