import { describe, expect, it } from '@jest/globals';
import { describeError } from './log.js';

describe('describeError', () => {
  it("keeps a driver's constant under a name that is not redacted", () => {
    const cause = Object.assign(new Error('Failed to connect to planted'), { code: 'ESOCKET' });
    const described = describeError(Object.assign(new Error('planted', { cause }), { code: 'ELOGIN', number: 18456 }));
    expect(described).toMatchObject({ error_code: 'ELOGIN', number: 18456, cause: { error_code: 'ESOCKET' } });
    expect(JSON.stringify(described)).not.toContain('planted');
  });

  it('logs no other text as a code', () => {
    expect(describeError(Object.assign(new Error('x'), { code: 'a secret' }))).toMatchObject({ error_code: undefined });
  });
});
