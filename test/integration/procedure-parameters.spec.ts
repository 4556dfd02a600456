import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { expectForModels } from '../support/model-schemas.js';
import { knowledgeFile } from '../support/knowledge/knowledge-file.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/** A type, an argument of it, and what the procedure returns for it if that is written in another way. */
const VALUES: readonly (readonly [type: string, given: unknown, returned?: unknown])[] = [
  ['bit', true],
  ['tinyint', 255],
  ['smallint', -32_768],
  ['int', 2_147_483_647],
  ['bigint', '9223372036854775807'],
  ['decimal(38,10)', '1234567890123456789012345678.0123456789'],
  ['numeric(5,2)', 123.45],
  ['money', '922337203685477.5807'],
  ['smallmoney', -214_748.3648],
  ['float', 1.7976931348623157e308],
  ['real', 0.1],
  ['date', '0001-01-01'],
  ['time(7)', '23:59:59.9999999'],
  ['datetime', '1753-01-01T00:00:00.003'],
  ['smalldatetime', '2079-06-06T23:59:00', '2079-06-06T23:59:00'],
  ['datetime2(7)', '9999-12-31T23:59:59.9999999'],
  ['datetimeoffset(7)', '2026-11-30T20:36:39.1234567+05:30'],
  ['char(3)', 'abc'],
  ['varchar(20)', "it's"],
  ['nchar(2)', 'ßж'],
  ['nvarchar(50)', 'Zażółć 🎉'],
  ['nvarchar(max)', `${'x'.repeat(4_100)}!`],
  ['varbinary(8)', '0x00FF10'],
  ['binary(2)', '0x0102'],
  ['uniqueidentifier', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ['xml', '<a b="1">ж</a>'],
  ['sql_variant', 17],
];

const names = VALUES.map((_value, i) => `p${i}`);
const SCRIPT = `
CREATE TYPE dbo.Lines AS TABLE (Id int NOT NULL PRIMARY KEY, Price decimal(38,10) NULL, Note nvarchar(200) NULL, Day date NULL, Raw varbinary(8) NULL, Done bit NULL)
GO
CREATE PROCEDURE dbo.Every ${VALUES.map(([type], i) => `@p${i} ${type}`).join(', ')} AS
SELECT ${names.map(name => `@${name} AS ${name}`).join(', ')}
GO
CREATE PROCEDURE dbo.Every_Output ${VALUES.map(([type], i) => `@p${i} ${type} OUTPUT`).join(', ')} AS RETURN -5
GO
CREATE PROCEDURE dbo.Of_Lines @lines dbo.Lines READONLY, @more int = 2 AS
BEGIN SELECT Id, Price, Note, Day, Raw, Done FROM @lines ORDER BY Id; SELECT @more AS more END
GO
CREATE PROCEDURE dbo.Odd @größe int = 3, @where geography = NULL, @format nvarchar(10) = N'short' AS SELECT @größe AS a, @format AS format
GO
CREATE PROCEDURE dbo.Place @where geography AS SELECT 1 AS a
`;

describe('the parameters of a declared procedure', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  const call = (name: string, args: object = {}) => tools.call(name, args).then(({ data }) => data);
  const schemaOf = (name: string) =>
    tools.registry.forPrincipal(tools.tenant, testPrincipal()).find(tool => tool.name === name)?.inputSchema as any; // eslint-disable-line @typescript-eslint/no-explicit-any

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    const procedures = ['Every', 'Every_Output', 'Of_Lines', 'Odd', 'Place'].map(
      name => `  - { name: ${name.toLowerCase()}, title: ${name}, procedure: dbo.${name}, reads: true }\n`,
    );
    const knowledge = knowledgeFile(`procedures:\n${procedures.join('')}`).path;
    tools = await toolServices(database, { settings: { knowledge }, limits: { maxCellBytes: 10_000 } });
    await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
  }, 60_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  it('reach the procedure exactly, in each type that it can have', async () => {
    expect(VALUES.length).toBeGreaterThanOrEqual(20);
    const { rows, columns } = await call('every', Object.fromEntries(VALUES.map(([, given], i) => [`p${i}`, given])));
    expect(columns.map(({ type }: { type: string }) => type)).toEqual(VALUES.map(([type]) => type));
    expect(rows[0]).toEqual(VALUES.map(([, given, returned = given]) => returned));
  });

  it('come back exactly as the values of OUTPUT parameters, and are NULL when they are left out', async () => {
    const given = Object.fromEntries(VALUES.map(([, value], i) => [`p${i}`, value]));
    expect(await call('every_output', given)).toEqual({
      affected_rows: 0,
      operation: 'success',
      output: Object.fromEntries(VALUES.map(([, value, returned = value], i) => [`p${i}`, returned])),
      return_value: -5,
      untrusted: true,
    });
    const { output } = await call('every_output');
    expect(Object.values(output)).toEqual(VALUES.map(() => null));
  });

  it('have schemas that Gemini and OpenAI take', () => {
    const offered = tools.registry.forPrincipal(tools.tenant, testPrincipal());
    expect(offered.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['every', 'every_output', 'of_lines', 'odd']),
    );
    for (const tool of offered) expectForModels(tool);
  });

  it('may be NULL where they have no default', async () => {
    const { rows } = await call('every', Object.fromEntries(names.map(name => [name, null])));
    expect(rows[0]).toEqual(VALUES.map(() => null));
  });

  it('are lists of objects for a table type, whose cells are as exact', async () => {
    const lines = [
      {
        Id: 1,
        Price: '1234567890123456789012345678.0123456789',
        Note: 'ж'.repeat(5),
        Day: '2026-11-30',
        Raw: '0x0A',
        Done: true,
      },
      { Id: 2, Price: null },
    ];
    const { result_sets } = await call('of_lines', { lines });
    expect(result_sets[0].rows).toEqual([
      [1, '1234567890123456789012345678.0123456789', 'жжжжж', '2026-11-30', '0x0A', true],
      [2, null, null, null, null, null],
    ]);
    expect((await call('of_lines')).result_sets[0].rows).toEqual([]);
    expect(schemaOf('of_lines').properties.lines).toMatchObject({
      type: 'array',
      items: { type: 'object', required: ['Id'], additionalProperties: false },
    });
  });

  it.each([
    [[{ Id: 1, Price: '0.00000000001' }], /lines\[0\]\.Price" has more decimal places/],
    [[{ Id: 1 }, { Id: 'x' }], /lines/],
    [[{ Id: 1, Prise: 1 }], /Prise/],
  ])('refuse rows that do not fit: %j', async (lines, message) => {
    await expect(call('of_lines', { lines })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('are left to their defaults where no argument can stand for them', async () => {
    expect(Object.keys(schemaOf('odd').properties)).toEqual(['format']);
    expect((await call('odd')).rows).toEqual([[3, 'short']]);
    expect((await call('odd', { format: 'long' })).rows).toEqual([[3, 'long']]);
    const proof = tools.module.get(KnowledgeService).of(tools.tenant)?.proof;
    expect(proof?.items.find(({ name }) => name === 'place')).toMatchObject({
      state: 'broken',
      reason: 'dbo.Place has a parameter @where of type geography, which cannot be passed.',
    });
  });
});
