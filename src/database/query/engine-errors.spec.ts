import { describe, expect, it } from '@jest/globals';
import { withoutValues } from './engine-errors.js';

describe("an engine's text for the operator", () => {
  it.each([
    ['relation "planted" does not exist', 'relation ? does not exist'],
    ["invalid input syntax for type integer: 'planted'", 'invalid input syntax for type integer: ?'],
    ['invalid input syntax for type numeric: planted 12', 'invalid input syntax for type numeric: ?'],
    ['value 4711 is out of range', 'value ? is out of range'],
    ['Key (name)=(planted) already exists', 'Key (?)=(?) already exists'],
    ['date 2024-02-30 and id A4711-x', 'date ? and id ?'],
    ['operator does not exist at "unclosed planted', 'operator does not exist at ?'],
    ['function f(planted, x', 'function f(?)'],
  ])('%s becomes %s', (text, expected) => {
    expect(withoutValues(text)).toBe(expected);
  });

  it('is bounded', () => {
    expect(withoutValues('word '.repeat(10_000))).toHaveLength(300);
  });
});
