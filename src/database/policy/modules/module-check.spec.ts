import { describe, expect, it } from '@jest/globals';
import { HARMLESS } from './fixtures/harmless-modules.fixture.js';
import { HOSTILE_REACH } from './fixtures/hostile-reach.fixture.js';
import { HOSTILE_WRITES } from './fixtures/hostile-writes.fixture.js';
import { ADMITTED, REFUSED } from './fixtures/modules.fixture.js';
import { checkExpression, checkModule, ModuleFault } from './module-check.js';

const check = (text: string) => checkModule(text, 'Shop');
const named = (text: string): readonly string[] => {
  const checked = check(text);
  if (checked instanceof ModuleFault) throw new Error(checked.what);
  return checked.named.map(({ schema, name, executed }) => `${executed ? 'EXEC ' : ''}${schema}.${name}`).sort();
};

describe('the check of a module that reads', () => {
  it.each([...ADMITTED, ...HARMLESS])('admits %s', text => {
    expect(check(text)).not.toBeInstanceOf(ModuleFault);
  });

  it.each([...REFUSED, ...HOSTILE_REACH, ...HOSTILE_WRITES])('refuses %s', (text, reason) => {
    const checked = check(text);
    expect(checked).toBeInstanceOf(ModuleFault);
    expect((checked as ModuleFault).what).toMatch(reason);
  });

  it('says where in the module the fault is', () => {
    expect(check('CREATE PROCEDURE dbo.P @a int\nAS\nSELECT 1;\n  DELETE dbo.T')).toMatchObject({
      what: 'may do more than read (its line 4, column 3): "DELETE dbo" changes something other than a table variable or a temporary table of the procedure',
    });
  });

  it('finds every object that a module reads, calls or executes', () => {
    expect(
      named(`CREATE PROC dbo.P AS
        DECLARE @t TABLE (id int, total money, note nvarchar(20));
        INSERT INTO @t (id) SELECT o.id FROM sales.Orders AS o JOIN [dbo].[odd name] ON 1 = dbo.Fn(o.id)
        EXEC dbo.Fill 1, N'x';
        WITH c AS (SELECT 1 AS one FROM Plain) SELECT * FROM c AS c CROSS APPLY dbo.Split(N'a') AS s;
        SELECT * FROM Shop.dbo.Own WHERE EXISTS (SELECT 1 FROM sys.objects);`).filter(
        name => !['.c', '.nvarchar'].includes(name),
      ),
    ).toEqual(
      [
        '.Plain',
        'EXEC dbo.Fill',
        'dbo.Fn',
        'dbo.Own',
        'dbo.Split',
        'dbo.odd name',
        'sales.Orders',
        'sys.objects',
      ].sort(),
    );
  });

  it('looks for a function where a call may be a method of a column, and for a database of its name', () => {
    expect(
      check(
        'CREATE VIEW dbo.V AS SELECT t.doc.value(1), dbo.[write](1), Shop.dbo.[exist](1), Other.dbo.query(1) FROM dbo.T AS t',
      ),
    ).toMatchObject({
      named: [
        { schema: 'dbo', name: 'T' },
        { schema: 'dbo', name: 'write', mayBeMethod: true },
        { schema: 'dbo', name: 'exist', mayBeMethod: true },
      ],
      notDatabases: ['t', 'Other'],
    });
    expect(check('CREATE VIEW dbo.V AS SELECT SHOP.dbo.[exist](1) AS a')).toEqual(
      new ModuleFault('names another database than Shop'),
    );
  });

  it('reads what a table computes as an expression', () => {
    expect(checkExpression("([dbo].[Fn]([a])+[doc].value('/a','int'))", 'Shop')).toMatchObject({
      named: [
        { schema: 'dbo', name: 'Fn' },
        { schema: 'doc', name: 'value', mayBeMethod: true },
      ],
    });
    expect(checkExpression('(Other.dbo.Fn([a]))', 'Shop')).toBeInstanceOf(ModuleFault);
  });

  it('takes no name of a column for a table', () => {
    expect(named('CREATE PROC dbo.P AS DECLARE @t TABLE (Customers int, Orders int); SELECT * FROM @t')).toEqual([]);
  });

  it('reads the parameters and their defaults, which the catalogue does not have', () => {
    const checked = check(`CREATE OR ALTER PROCEDURE [dbo].[P 1] (
      @a int, @b decimal(10, 2) = -1.50, @c AS nvarchar(max) = N'it''s, so', @d dbo.Ids READONLY, @e date = NULL OUTPUT,
      @f varchar(10) = open OUT, @g int NOT NULL = 3) WITH RECOMPILE, EXECUTE AS 'reader' AS SELECT 1`);
    expect(checked).toMatchObject({
      header: {
        kind: 'procedure',
        parameters: [
          { name: 'a' },
          { name: 'b', default: '-1.50' },
          { name: 'c', default: "N'it''s, so'" },
          { name: 'd' },
          { name: 'e', default: 'NULL' },
          { name: 'f', default: 'open' },
          { name: 'g', default: '3' },
        ],
      },
    });
    expect(check('CREATE FUNCTION dbo.F (@a int = 5) RETURNS TABLE AS RETURN (SELECT @a AS a)')).toMatchObject({
      header: { kind: 'function', parameters: [{ name: 'a', default: '5' }] },
    });
  });
});
