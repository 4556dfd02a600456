import { testTenant } from '../../test/support/database.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import { costGuard, proposedLimit } from './cost.check.js';

const plans = (count: number, cost: (i: number) => number): string[] =>
  Array.from({ length: count }, (_, i) => `${cost(i)}" StatementText="SEL`);

describe('the doctor on the cost of statements', () => {
  it.each([
    ['cheap plans', plans(100, () => 0.0065), 10],
    ['two digits of twice what 99% of the plans cost', plans(1_000, i => i), 2_000],
    ['a few plans that cost very much', [...plans(996, () => 30), ...plans(4, () => 90_000)], 60],
    ['exponents', plans(60, () => 1.5e-5).concat(plans(60, () => 123.4)), 250],
  ])('proposes a limit for %s', (_what, costs, limit) => {
    expect(proposedLimit(costs)).toBe(limit);
  });

  it('proposes a usual limit when it knows too little', () => {
    expect(proposedLimit(plans(49, () => 1))).toBeUndefined();
    expect(proposedLimit(plans(60, () => 1).map(() => 'nonsense'))).toBeUndefined();
    expect(costGuard(testTenant(new DatabaseConfig()), undefined, [])).toMatchObject({
      level: 'ok',
      text: expect.stringContaining('MAX_QUERY_COST=300 would set one'),
    });
    expect(
      costGuard(
        testTenant(new DatabaseConfig()),
        undefined,
        plans(99, () => 40),
      ).text,
    ).toContain('MAX_QUERY_COST=80 would set one');
  });

  it.each([
    ['active', 'ok', /refuses/],
    ['ignored', 'warning', /no effect/],
    [undefined, 'warning', /not known/],
  ] as const)('says that the guard is %s', (state, level, text) => {
    const finding = costGuard(testTenant(new DatabaseConfig(), {}, { maxQueryCost: 300 }), state, []);
    expect(finding).toMatchObject({ level, text: expect.stringMatching(text) });
  });
});
