import type { RequestParameter } from '../engine/contracts.ts';
import { INT, nvarchar } from '../engine/types.ts';
import { TestServer, type TestClient } from './testing/test-session.ts';

const text = (name: string, value: string): RequestParameter => ({
  name,
  type: nvarchar(4000),
  value,
  output: false,
});
const table = (name: string, rows: readonly (readonly (string | null)[])[]): RequestParameter => ({
  name,
  type: INT,
  value: null,
  output: false,
  table: { schema: 'dbo', name: 'Lines', types: [nvarchar(4000), nvarchar(4000)], rows },
});

describe('table types', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
    client.ok('CREATE TYPE dbo.Lines AS TABLE (id int NOT NULL PRIMARY KEY, price decimal(19,4) NULL)');
    client.ok(`CREATE PROCEDURE dbo.Total @lines dbo.Lines READONLY, @factor int = 1 AS
      SELECT COUNT(*) AS n, SUM(price) * @factor AS total FROM @lines`);
  });

  it('declare variables, and parameters of procedures that other modules pass on', () => {
    expect(
      client.rows(
        'DECLARE @l dbo.Lines; INSERT INTO @l VALUES (1, 1.5), (2, 2.25); EXEC dbo.Total @l, @factor = 2; SELECT id FROM @l',
      ),
    ).toEqual([['1'], ['2']]);
    client.ok('CREATE PROCEDURE dbo.Outer1 @rows dbo.Lines READONLY AS EXEC dbo.Total @lines = @rows');
    expect(client.rows('DECLARE @l dbo.Lines; INSERT @l VALUES (7, 3); EXEC dbo.Outer1 @l')).toEqual([['1', '3.0000']]);
  });

  it('are empty when nothing is passed', () => {
    expect(client.rows('EXEC dbo.Total')).toEqual([['0', null]]);
  });

  it.each([
    ['CREATE PROCEDURE dbo.No @l dbo.Lines AS SELECT 1', 352],
    ['CREATE PROCEDURE dbo.No @l dbo.Lines READONLY AS DELETE @l', 10700],
    ['CREATE PROCEDURE dbo.No @l dbo.Lines READONLY AS INSERT INTO @l (id) VALUES (1)', 10700],
    ['EXEC dbo.Total 1', 206],
    ['DECLARE @l TABLE (id int, price decimal(19,4)); EXEC dbo.Total @l', 206],
    ['CREATE TYPE dbo.Lines AS TABLE (a int)', 219],
    ['DECLARE @l dbo.Lines; INSERT @l (price) VALUES (1)', 515],
  ])('%s is error %i', (sql, number) => {
    expect(client.error(sql)).toBe(number);
  });

  it('reach sp_executesql in a batch, and a procedure that it runs', () => {
    const inner = [
      text('@stmt', 'EXEC sp_executesql @s, @d, @p0'),
      text('@params', '@s nvarchar(max), @d nvarchar(max), @p0 dbo.Lines readonly'),
      text('@s', 'EXEC dbo.Total @lines = @l'),
      text('@d', '@l [dbo].[Lines] READONLY'),
      table('@p0', [
        ['1', '99999999999999.9999'],
        ['2', null],
      ]),
    ];
    expect(client.call('sp_executesql', inner)).toMatchObject({ errors: [], sets: [[['2', '99999999999999.9999']]] });
  });

  it('come from a client with the types of the wire, converted as an implicit conversion does', () => {
    expect(client.call('dbo.Total', [table('@lines', [['1', '1.5']])]).sets).toEqual([[['1', '1.5000']]]);
    expect(client.call('dbo.Total', [table('@lines', [['x', '1']])]).errors[0]).toMatchObject({ number: 245 });
    expect(client.call('dbo.Total', [table('@lines', [[null, '1']])]).errors[0]).toMatchObject({ number: 515 });
  });

  it('are not needed for DEFAULT, which functions take for a parameter', () => {
    client.ok('CREATE FUNCTION dbo.Twice (@n int = 4) RETURNS int AS BEGIN RETURN @n * 2 END');
    client.ok('CREATE FUNCTION dbo.Upto (@a int, @n int = 4) RETURNS TABLE AS RETURN (SELECT @a AS a, @n AS n)');
    expect(client.rows('SELECT dbo.Twice(DEFAULT), a, n FROM dbo.Upto(1, DEFAULT)')).toEqual([['8', '1', '4']]);
    expect(client.error('SELECT UPPER(DEFAULT)')).toBe(156);
  });
});
