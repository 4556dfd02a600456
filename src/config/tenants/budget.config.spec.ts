import { readAllowance } from './budget.config.js';

describe('the grammar of a budget', () => {
  it.each([
    ['2000/day', { amount: 2_000, per: 'day' }],
    ['1e6/day', { amount: 1_000_000, per: 'day' }],
    ['1.5e6 / hour', { amount: 1_500_000, per: 'hour' }],
    [' 600/Day ', { amount: 600, per: 'day' }],
  ])('takes %s', (text, allowance) => {
    expect(readAllowance(text)).toEqual(allowance);
  });

  it.each(['2000', '0/day', '-1/day', '1.5/day', '2000/week', '1e13/day', '1e99/day', '/day', 'many/day', '2000/days'])(
    'refuses %s',
    text => {
      expect(readAllowance(text)).toBeUndefined();
    },
  );
});
