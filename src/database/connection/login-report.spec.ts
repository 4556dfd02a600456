import { describe, expect, it } from '@jest/globals';
import { type LoginKnowledge, loginReport } from './login-report.js';

const ROLLED_BACK = 'reads run in a transaction that is rolled back';
const REFUSED = 'calls that need the database are refused';
const UNPROTECTED = 'reads run without a transaction';

describe("the log's line about a login", () => {
  const report = (known: LoginKnowledge, config: object = {}, transactions = true) =>
    loginReport({ requireReadonlyLogin: false, readOnly: true, ...config }, known, { transactions });

  it.each<[LoginKnowledge, object, boolean, string, string]>([
    ['can_write', {}, true, 'can write', ROLLED_BACK],
    ['can_write', {}, false, 'can write', UNPROTECTED],
    ['can_write', { requireReadonlyLogin: true }, true, 'can write', REFUSED],
    ['can_write', { requireReadonlyLogin: true, readOnly: false }, true, 'writing tenant can write', REFUSED],
    ['unreadable', {}, true, 'could not be read', ROLLED_BACK],
    ['unreadable', { requireReadonlyLogin: true }, true, 'could not be read', REFUSED],
    ['unanswered', {}, true, 'did not report', ROLLED_BACK],
    ['unanswered', { requireReadonlyLogin: true }, true, 'did not report', REFUSED],
  ])('when it is %s with %j (transactions: %s) says "%s" and "%s"', (known, config, transactions, found, then) => {
    const text = report(known, config, transactions);
    expect(text).toContain(found);
    // Exactly one of the consequences is stated.
    expect([ROLLED_BACK, REFUSED, UNPROTECTED].filter(consequence => text?.includes(consequence))).toEqual([then]);
  });

  it.each<[LoginKnowledge, object]>([
    ['cannot_write', {}],
    ['cannot_write', { requireReadonlyLogin: true }],
    ['can_write', { readOnly: false }],
  ])('is left out when it is %s with %j', (known, config) => expect(report(known, config)).toBeUndefined());
});
