// MS-SSCLRT 2.1.1 describes the format. Each label is a bit pattern whose prefix tells its range; the `x` bits hold the
// distance from the range's minimum. The last bit is 1 at the end of a level, and 0 before a further label of the same
// level (`1.2`), where the stored value is one higher.

interface LabelPattern {
  readonly min: number;
  readonly bits: string;
  readonly prefix: string;
}

const MEDIUM = 'xxxxxx0xxx0x1xxxT';
const pattern = (min: number, bits: string): LabelPattern => ({ min, bits, prefix: bits.slice(0, bits.indexOf('x')) });

const PATTERNS: readonly LabelPattern[] = [
  pattern(0, '01xxT'),
  pattern(4, '100xxT'),
  pattern(8, '101xxxT'),
  pattern(16, '110xx0x1xxxT'),
  pattern(80, '1110xxx0xxx0x1xxxT'),
  pattern(1104, '11110xxxxx0xxx0x1xxxT'),
  pattern(5200, `111110${'x'.repeat(19)}0${MEDIUM}`),
  pattern(4_294_972_496, `111111${'x'.repeat(14)}0${'x'.repeat(21)}0${MEDIUM}`),
  pattern(-8, '00111xxxT'),
  pattern(-72, '0010xx0x1xxxT'),
  pattern(-4168, '000110xxxxx0xxx0x1xxxT'),
  pattern(-4_294_971_464, `000101${'x'.repeat(19)}0${MEDIUM}`),
  pattern(-281_479_271_682_120, `000100${'x'.repeat(14)}0${'x'.repeat(21)}0${MEDIUM}`),
];

/** Returns a text such as `/1/2.5/`; undefined for bytes that are not a hierarchyid. */
export function hierarchyidText(bytes: Buffer): string | undefined {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  let text = '/';
  let at = 0;
  // The last byte is padded with zeros; no label is that short or consists of zeros.
  while (bits.indexOf('1', at) >= 0) {
    const label = PATTERNS.find(candidate => bits.startsWith(candidate.prefix, at));
    if (label === undefined || at + label.bits.length > bits.length) return undefined;
    let distance = 0;
    let last = false;
    for (let i = 0; i < label.bits.length; i++) {
      const bit = bits[at + i];
      const expected = label.bits[i];
      if (expected === 'x') distance = distance * 2 + (bit === '1' ? 1 : 0);
      else if (expected === 'T') last = bit === '1';
      else if (bit !== expected) return undefined;
    }
    text += last ? `${label.min + distance}/` : `${label.min + distance - 1}.`;
    at += label.bits.length;
  }
  return text.endsWith('.') ? undefined : text;
}
