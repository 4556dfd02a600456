import { describe, expect, it } from '@jest/globals';
import { messageOf, SERVER_MESSAGES_BY_NUMBER } from './sql-server.messages.js';
import { DISCLOSURES, type MessageSubject } from './messages/server-message.js';
import { isTransient, translateSqlError } from './sql-server.errors.js';

const SECRET = 'planted';
const failure = (number: number) => Object.assign(new Error(SECRET), { code: 'EREQUEST', number });

/** How many texts of each subject are shown and how many are withheld. A changed count is a decision to review. */
const COUNTS: Readonly<Record<MessageSubject, readonly [shown: number, withheld: number]>> = {
  syntax: [121, 0],
  name: [29, 0],
  argument: [27, 1],
  type: [24, 0],
  conversion: [36, 7],
  constraint: [8, 3],
  definition: [76, 0],
  update: [31, 0],
  transaction: [25, 0],
  conflict: [10, 0],
  limit: [8, 0],
  cost: [1, 0],
  resource: [9, 0],
  timeout: [1, 0],
  cancelled: [6, 0],
  permission: [8, 4],
  unavailable: [16, 10],
  interrupted: [0, 6],
  internal: [12, 0],
  unpublished: [12, 0],
};

describe('the messages of SQL Server', () => {
  it('are listed once each', () => {
    const total = Object.values(COUNTS).reduce((sum, [shown, withheld]) => sum + shown + withheld, 0);
    expect(SERVER_MESSAGES_BY_NUMBER.size).toBe(total);
  });

  it.each(Object.entries(COUNTS))('show or withhold the texts about "%s" as decided', (subject, counts) => {
    const messages = [...SERVER_MESSAGES_BY_NUMBER.values()].filter(message => message.subject === subject);
    expect([messages.filter(m => m.shown).length, messages.filter(m => !m.shown).length]).toEqual(counts);
    for (const { because, text } of messages) {
      expect(Object.values(DISCLOSURES).map(d => d.because)).toContain(because);
      expect(text).not.toBe('');
    }
  });

  it('state the reason for which a text is withheld', () => {
    expect(messageOf(2627)).toMatchObject({ shown: false, because: DISCLOSURES.value.because });
    expect(messageOf(18456)).toMatchObject({ shown: false, because: DISCLOSURES.login.because });
    expect(messageOf(50000)).toMatchObject({ shown: false, because: DISCLOSURES.author.because });
    expect(messageOf(13609)).toMatchObject({ shown: false, because: DISCLOSURES.unchecked.because });
  });

  it.each([
    ['unavailable', 'DATABASE_UNAVAILABLE'],
    ['permission', 'PERMISSION_DENIED'],
    ['cost', 'QUERY_TOO_EXPENSIVE'],
    ['syntax', 'SQL_ERROR'],
    ['constraint', 'SQL_ERROR'],
  ])('about "%s" have the code %s', (subject, code) => {
    for (const [number, { shown }] of [...SERVER_MESSAGES_BY_NUMBER].filter(([, m]) => m.subject === subject)) {
      const error = translateSqlError(failure(number));
      expect(error).toMatchObject({ code, details: { number } });
      expect(error.message === SECRET).toBe(shown);
    }
  });

  it('may be transient only where another try can succeed', () => {
    const transient = [...SERVER_MESSAGES_BY_NUMBER.keys()].filter(number => isTransient(failure(number)));
    expect(transient.sort((a, b) => a - b)).toEqual([
      921, 922, 952, 954, 976, 978, 983, 1205, 3960, 4221, 6005, 10928, 10929, 17142, 20018, 40143, 40166, 40197, 40501,
      40540, 40613, 41301, 41302, 41305, 41325, 42108, 42109, 49918, 49919, 49920,
    ]);
  });

  it.each([1, 220, 1505, 13609, 33557097, 50001])('withhold the text of the unlisted number %i', number => {
    const error = translateSqlError(failure(number));
    expect(error).toMatchObject({ code: 'SQL_ERROR', message: expect.stringContaining(`error ${number}`) });
    expect(error.message).not.toContain(SECRET);
    expect(isTransient(failure(number))).toBe(false);
  });
});
