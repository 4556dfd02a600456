import { describe, expect, it } from '@jest/globals';
import { splitBatches } from './seeds.ts';

describe('splitBatches', () => {
  it('cuts at GO on a line by itself, in any case, and repeats a batch as often as it says', () => {
    expect(splitBatches('SELECT 1\nGO\nSELECT 2\ngo 2\r\nSELECT 3 -- GO\n')).toEqual([
      'SELECT 1',
      'SELECT 2',
      'SELECT 2',
      'SELECT 3 -- GO\n',
    ]);
  });

  it('leaves out empty batches', () => {
    expect(splitBatches('\nGO\n  \nGO\n')).toEqual([]);
  });
});
