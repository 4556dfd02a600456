import { describe, expect, it } from '@jest/globals';
import { FaultPlan } from './fault-plan.ts';

describe('FaultPlan', () => {
  it('raises a fault at the n-th request with the text, as often as was set', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'raise-error', number: 1205, text: 'FROM dbo.t', nth: 2, times: 2 });
    const due = (text: string): number => (plan.statement(() => text, false) ? 1 : 0);
    expect(['select 1', 'SELECT a from DBO.T', 'x FROM dbo.t', 'FROM dbo.t', 'FROM dbo.t'].map(due)).toEqual([
      0, 0, 1, 1, 0,
    ]);
    expect(plan.list()).toEqual([]);
  });

  it('keeps an unlimited fault until it is cleared', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'drop-connection', times: 0 });
    for (let i = 0; i < 5; i++) expect(plan.request(() => ['x'])).toHaveLength(1);
    plan.clear();
    expect(plan.request(() => ['x'])).toHaveLength(0);
  });

  it('raises faults of logins and faults of requests separately', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'refuse-login', number: 4060 });
    expect(plan.request(() => ['x'])).toEqual([]);
    expect(plan.login('stall-login')).toBeUndefined();
    expect(plan.login('refuse-login')).toMatchObject({ number: 4060 });
    expect(plan.login('refuse-login')).toBeUndefined();
  });
});
