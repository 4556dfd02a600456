import { describe, expect, it } from '@jest/globals';
import { histogramProfiles } from './histogram-profiles.js';

// column, statistics, made at, rows, sampled rows, highest value, rows within, rows of the value, distinct within
describe('a profile from histograms', () => {
  it('adds the steps up, with NULL as a step of its own', () => {
    const at = '2026-11-01T02:00:00';
    const profiles = histogramProfiles([
      ['city', 2, at, 1000, 400, null, 0, 12, 0],
      ['city', 2, at, 1000, 400, 'Aachen', 0, 30, 0],
      ['city', 2, at, 1000, 400, 'Kiel', 500, 300.4, 7],
      ['city', 2, at, 1000, 400, 'Zwickau', 157, 1, 3],
    ]);
    expect(profiles.get('city')).toEqual({
      distinct: 13,
      nulls: 12,
      min: 'Aachen',
      max: 'Zwickau',
      common: [
        { value: 'Kiel', count: 300 },
        { value: 'Aachen', count: 30 },
      ],
      as_of: at,
      sampled: true,
    });
  });

  it('takes the newest of several statistics about a column', () => {
    const profiles = histogramProfiles([
      ['n', 1, '2026-01-01T00:00:00', 10, 10, 5, 0, 10, 0],
      ['n', 3, '2026-06-01T00:00:00', 20, 20, 7, 0, 20, 0],
    ]);
    expect(profiles.get('n')).toMatchObject({ max: 7, as_of: '2026-06-01T00:00:00', sampled: false });
  });
});
