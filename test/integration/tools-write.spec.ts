import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, ToolCall } from '../../src/tools/tool.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolOptions, type ToolServices, toolServices } from '../support/tool-services.js';

describe('writing', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  const open = async (settings: ToolOptions['settings'] = {}) => {
    tools = await toolServices(database, { settings: { readOnly: false, confirmWrites: 'false', ...settings } });
  };
  const execute = (query: string, more: object = {}, call: Partial<ToolCall> = {}) =>
    tools.call('execute_sql', { query, ...more }, call).then(({ data }) => data);
  const words = async () =>
    (await execute('SELECT id, word FROM dbo.Words ORDER BY id')).rows.map((row: unknown[]) => row.join(' '));

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.execute('CREATE TABLE dbo.Words (id int NOT NULL PRIMARY KEY, word nvarchar(20) NOT NULL)');
    await database.execute("INSERT INTO dbo.Words (id, word) VALUES (1, N'one'), (2, N'two'), (3, N'three')");
  });
  afterEach(async () => {
    await tools.close();
    await database.execute('DROP TABLE dbo.Words');
  });
  afterAll(() => database.close());

  it('offers execute_sql for changes, and query_sql for reading', async () => {
    await open();
    const offered = tools.registry.forPrincipal(tools.tenant, testPrincipal());
    expect(offered.map(tool => [tool.name, tool.scope, tool.annotations.readOnlyHint])).toEqual([
      ['analyze_trends', 'sql:read', true],
      ['describe_object', 'sql:read', true],
      ['describe_table', 'sql:read', true],
      ['execute_sql', 'sql:write', false],
      ['explain_query', 'sql:read', true],
      ['get_table_sample', 'sql:read', true],
      ['list_tables', 'sql:read', true],
      ['query_sql', 'sql:read', true],
      ['search_schema', 'sql:read', true],
    ]);
    const reader = testPrincipal('ann', { highestScope: 'sql:read', scopes: new Set(['sql:read']) });
    expect(tools.registry.forPrincipal(tools.tenant, reader).map(tool => tool.name)).not.toContain('execute_sql');
    await expect(
      execute('DELETE FROM dbo.Words', {}, { principal: testPrincipal('ann', { scopes: new Set(['sql:read']) }) }),
    ).rejects.toMatchObject({ code: 'INSUFFICIENT_SCOPE', details: { scopes: ['sql:write'] } });
    await expect(tools.call('query_sql', { query: 'DELETE FROM dbo.Words' })).rejects.toMatchObject({
      code: 'READ_ONLY_VIOLATION',
    });
    expect(await words()).toHaveLength(3);
  });

  it('commits a change and counts its rows', async () => {
    await open();
    const parameters = { w: 'ONE', id: 1 };
    expect(await execute('UPDATE dbo.Words SET word = @w WHERE id = @id', { parameters })).toEqual({
      affected_rows: 1,
      operation: 'success',
    });
    expect(await words()).toEqual(['1 ONE', '2 two', '3 three']);
    const two = await execute("DELETE FROM dbo.Words WHERE id = 1; UPDATE dbo.Words SET word = N'x';");
    expect(two).toEqual({ affected_rows: 3, per_statement: [1, 2], operation: 'success' });
  });

  it('warns of letters beyond ASCII in a text without N', async () => {
    await open();
    const data = await execute("INSERT INTO dbo.Words VALUES (4, 'Просто')");
    expect(data).toMatchObject({
      affected_rows: 1,
      messages: [expect.stringMatching(/no N before it \(line 1, column 34/)],
    });
    const read = await execute("SELECT id FROM dbo.Words WHERE word = 'Это'");
    expect(read).toMatchObject({ rows: [], messages: [expect.stringMatching(/column 39/)] });
    expect(await execute("INSERT INTO dbo.Words VALUES (5, N'Просто')")).not.toHaveProperty('messages');
    expect((await words())[4]).toBe('5 Просто');
  });

  it('says what to write instead of the syntax of other dialects', async () => {
    await open();
    await expect(execute('UPDATE dbo.Words SET word = N\'x\' WHERE word = "one"')).rejects.toMatchObject({
      details: { number: 207 },
      hint: expect.stringContaining('single quotes'),
    });
    await expect(execute('EXEC dbo.p')).rejects.toMatchObject({ hint: expect.stringMatching(/administrator/) });
    await expect(execute('SET SHOWPLAN_XML ON; DELETE FROM dbo.Words')).rejects.toMatchObject({
      code: 'STATEMENT_REFUSED',
      hint: expect.stringMatching(/explain_query/),
    });
  });

  it('returns the rows of OUTPUT', async () => {
    await open();
    const data = await execute('DELETE FROM dbo.Words OUTPUT deleted.id WHERE id > 1');
    expect(data.rows).toEqual([[2], [3]]);
    expect(await words()).toEqual(['1 one']);
  });

  it('counts the rows that a change with OUTPUT affects, also in a dry run', async () => {
    await open();
    const query = 'DELETE FROM dbo.Words OUTPUT deleted.id WHERE id < 3';
    expect(await execute(query, { dry_run: true })).toMatchObject({ dry_run: true, affected_rows: 2 });
    expect(await execute(query)).toMatchObject({ rows: [[1], [2]], row_count: 2, affected_rows: 2 });
    expect(await execute("UPDATE dbo.Words SET word = N'x'; SELECT id FROM dbo.Words")).toMatchObject({
      rows: [[3]],
      affected_rows: 1,
    });
    expect(await execute('SELECT id FROM dbo.Words')).not.toHaveProperty('affected_rows');
  });

  it('returns messages, and says when there are too many', async () => {
    await open();
    const loop = (n: number, length: number) =>
      `DECLARE @i int = 0; WHILE @i < ${n} BEGIN PRINT REPLICATE(N'p', ${length}); SET @i = @i + 1; END; UPDATE dbo.Words SET word = N'z' WHERE id = 1;`;
    expect((await execute(loop(3, 5))).messages).toEqual(['ppppp', 'ppppp', 'ppppp']);
    for (const [n, length, shown] of [
      [150, 5, 101],
      [50, 1_000, 21],
    ] as const) {
      const { messages, affected_rows } = await execute(loop(n, length));
      expect([messages.length, messages.at(-1), affected_rows]).toEqual([
        shown,
        expect.stringContaining('more messages'),
        1,
      ]);
    }
  });

  it('says for each result set whether it is complete', async () => {
    await open();
    const query = "UPDATE dbo.Words SET word = N'y'; SELECT id FROM dbo.Words ORDER BY id; SELECT 7 AS n";
    const { result_sets, affected_rows } = await execute(query, { max_rows: 2 });
    expect(affected_rows).toBe(3);
    expect(result_sets).toMatchObject([
      { rows: [[1], [2]], truncated: true, truncated_by: 'rows' },
      { rows: [], truncated: true, truncated_by: 'rows' },
    ]);
    expect((await execute(query)).result_sets).toMatchObject([{ truncated: false }, { rows: [[7]], truncated: false }]);
  });

  it('rolls everything back on any error', async () => {
    await open();
    const statements =
      "UPDATE dbo.Words SET word = N'x' WHERE id = 1; INSERT INTO dbo.Words (id, word) VALUES (2, N'again');";
    await expect(execute(statements)).rejects.toMatchObject({ code: 'SQL_ERROR', details: { number: 2627 } });
    await expect(execute("DELETE FROM dbo.Words; RAISERROR ('no', 16, 1);")).rejects.toMatchObject({
      code: 'SQL_ERROR',
    });
    await expect(execute('DELETE FROM dbo.Words; SELECT 1 / 0;')).rejects.toMatchObject({ code: 'SQL_ERROR' });
    expect(await words()).toEqual(['1 one', '2 two', '3 three']);
  });

  it('keeps the value of a duplicate key out of the message', async () => {
    await open();
    await database.execute('CREATE UNIQUE INDEX UX_word ON dbo.Words (word)');
    await expect(execute("INSERT INTO dbo.Words (id, word) VALUES (9, N'one')")).rejects.toMatchObject({
      message: expect.not.stringContaining('one)'),
    });
  });

  it('counts the affected rows in a dry run and changes nothing', async () => {
    await open();
    expect(await execute('DELETE FROM dbo.Words WHERE id > 1', { dry_run: true })).toEqual({
      dry_run: true,
      affected_rows: 2,
    });
    expect(await words()).toHaveLength(3);
  });

  it.each([
    'COMMIT; DELETE FROM dbo.Words',
    'BEGIN TRAN; DELETE FROM dbo.Words; COMMIT',
    'ROLLBACK',
    'SAVE TRANSACTION x',
    'SET XACT_ABORT OFF; DELETE FROM dbo.Words',
    'SET IMPLICIT_TRANSACTIONS ON',
    "EXEC('COMMIT')",
    "EXEC sp_executesql N'COMMIT'",
    'sp_who',
    "EXECUTE AS USER = 'dbo'",
    'SHUTDOWN',
    'USE master',
    "SELECT * FROM OPENROWSET(BULK 'x', SINGLE_CLOB) AS a; DELETE FROM dbo.Words",
    'INSERT INTO other.dbo.t VALUES (1)',
    'DELETE FROM srv.other.dbo.t',
    'GRANT SELECT ON dbo.Words TO public',
    "CREATE LOGIN x WITH PASSWORD = N'x'",
    'DROP DATABASE x',
    'CREATE PROCEDURE p AS COMMIT',
    "WAITFOR DELAY '00:00:01'",
    'KILL 60',
    'DELETE FROM dbo.Words\nGO\nDELETE FROM dbo.Words',
    'DELETE FROM dbo.Words\nGO 5',
    'SET XACT_ABORT OFF; DELETE FROM dbo.Words',
  ])('refuses %j even if changes are allowed', async query => {
    await open();
    await expect(execute(query)).rejects.toMatchObject({ code: 'STATEMENT_REFUSED' });
    expect(await words()).toHaveLength(3);
  });

  describe('when the person is asked', () => {
    const answer = (action: 'accept' | 'decline', confirm = true): Answer =>
      action === 'accept' ? { action, content: { confirm } } : { action };
    const asking = (answers: readonly (Answer | (() => Promise<Answer>))[], questions: string[] = []) => {
      const left = [...answers];
      return {
        canAsk: true,
        ask: async (_key: string, _schema: unknown, message: string) => {
          questions.push(message);
          const next = left.shift();
          if (next === undefined) throw new Error('asked too often');
          return typeof next === 'function' ? next() : next;
        },
      };
    };

    it('runs the statement that they confirm, and shows them the number of rows', async () => {
      await open({ confirmWrites: 'when_possible' });
      const questions: string[] = [];
      const data = await execute('DELETE FROM dbo.Words WHERE id > 1', {}, asking([answer('accept')], questions));
      expect(data).toMatchObject({ affected_rows: 2 });
      expect(questions).toEqual([expect.stringMatching(/changes 2 rows[^]*DELETE FROM dbo\.Words WHERE id > 1/)]);
      expect(await words()).toEqual(['1 one']);
    });

    it.each([
      ['declines', answer('decline')],
      ['accepts the form but not the change', answer('accept', false)],
    ])('changes nothing when the person %s', async (_what, given) => {
      await open({ confirmWrites: 'when_possible' });
      await expect(execute('DELETE FROM dbo.Words', {}, asking([given]))).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(await words()).toHaveLength(3);
    });

    it('keeps no transaction open while they decide, and asks again when the count has changed', async () => {
      await open({ confirmWrites: 'when_possible' });
      const questions: string[] = [];
      const meanwhile = async (): Promise<Answer> => {
        await database.execute("INSERT INTO dbo.Words (id, word) VALUES (4, N'four')");
        return answer('accept');
      };
      const data = await execute('DELETE FROM dbo.Words', {}, asking([meanwhile, answer('accept')], questions));
      expect(data).toMatchObject({ affected_rows: 4 });
      expect(questions.map(text => /changes (\d)/.exec(text)?.[1])).toEqual(['3', '4']);
    });

    it('does not ask about a SELECT', async () => {
      await open({ confirmWrites: 'true' });
      expect((await execute('SELECT COUNT(*) FROM dbo.Words', {}, asking([]))).rows).toEqual([[3]]);
    });
  });

  describe('when nobody can be asked and confirmation is required', () => {
    it('issues a token that runs the same statement once', async () => {
      await open({ confirmWrites: 'true' });
      const query = 'DELETE FROM dbo.Words WHERE id > 1';
      const trial = await execute(query);
      expect(trial).toMatchObject({ dry_run: true, affected_rows: 2, confirm_token: expect.any(String) });
      expect(await words()).toHaveLength(3);
      const { confirm_token } = trial;
      const other = { code: 'INVALID_ARGUMENT', details: { parameter: 'confirm_token' } };
      await expect(execute('DELETE FROM dbo.Words', { confirm_token })).rejects.toMatchObject(other);
      await expect(execute(query, { confirm_token }, { principal: testPrincipal('eve') })).rejects.toMatchObject(other);
      expect(await execute(query, { confirm_token })).toMatchObject({ affected_rows: 2, operation: 'success' });
      await expect(execute(query, { confirm_token })).rejects.toMatchObject(other);
      expect(await words()).toEqual(['1 one']);
    });

    it('changes nothing when the count has changed in the meantime', async () => {
      await open({ confirmWrites: 'true' });
      const { confirm_token } = await execute('DELETE FROM dbo.Words');
      await database.execute("INSERT INTO dbo.Words (id, word) VALUES (4, N'four')");
      await expect(execute('DELETE FROM dbo.Words', { confirm_token })).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(await words()).toHaveLength(4);
    });
  });

  it('refuses every change in a read-only tenant', async () => {
    await open({ readOnly: true });
    for (const query of [
      'DELETE FROM dbo.Words',
      'WITH x AS (SELECT * FROM dbo.Words) DELETE FROM x',
      'SELECT 1 DELETE FROM dbo.Words',
    ]) {
      await expect(execute(query)).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    }
    expect(await words()).toHaveLength(3);
  });
});
