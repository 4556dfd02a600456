import { INT, NVARCHAR_MAX } from '../engine/types.ts';
import { TestServer, type TestClient } from './testing/test-session.ts';

const COLUMN = 'Microsoft SQL Server 2005 XML Showplan';

describe('SET SHOWPLAN_XML and SET STATISTICS XML', () => {
  let server: TestServer;
  let client: TestClient;
  beforeEach(() => {
    server = new TestServer();
    client = server.open();
    client.ok(`CREATE TABLE dbo.Orders (id int NOT NULL PRIMARY KEY, customer int NOT NULL);
CREATE TABLE dbo.Customers (id int NOT NULL PRIMARY KEY, name nvarchar(20) NOT NULL);
INSERT dbo.Orders VALUES (1, 1), (2, 1), (3, 2); INSERT dbo.Customers VALUES (1, N'ann'), (2, N'bob');`);
  });

  const planOf = (sql: string): string => client.rows(sql)[0]?.[0] ?? '';
  const operators = (plan: string): string[] => [...plan.matchAll(/PhysicalOp="([^"]*)"/g)].map(([, name]) => name!);

  it('describes a query without running it', () => {
    client.ok('SET SHOWPLAN_XML ON');
    const result = client.ok(
      'SELECT c.name, COUNT(*) FROM dbo.Orders o JOIN dbo.Customers c ON c.id = o.customer GROUP BY c.name ORDER BY 2',
    );
    expect(result.columns.map(columns => columns.map(({ name }) => name))).toEqual([[COLUMN]]);
    const plan = result.sets[0]?.[0]?.[0] ?? '';
    expect(operators(plan)).toEqual([
      'Sort',
      'Hash Match',
      'Nested Loops',
      'Clustered Index Scan',
      'Clustered Index Scan',
    ]);
    expect(plan).toContain('<Object Schema="[dbo]" Table="[Orders]"');
    expect(plan).not.toContain('RunTimeInformation');
  });

  it('finds an index by the whole key, and keeps the text of the statement', () => {
    client.ok('SET SHOWPLAN_XML ON');
    const plan = planOf("DECLARE @a nvarchar(5) = N'<&\"'; SELECT id FROM dbo.Orders WHERE id = 2 AND @a <> N'\"<&'");
    expect(operators(plan)).toEqual(['Clustered Index Seek']);
    expect(plan).toContain(
      'StatementText="SELECT id FROM dbo.Orders WHERE id = 2 AND @a &lt;&gt; N\'&quot;&lt;&amp;\'"',
    );
  });

  it('runs statements again after OFF, and after a reset', () => {
    client.ok('SET SHOWPLAN_XML ON');
    client.ok('SET SHOWPLAN_XML OFF');
    expect(client.rows('SELECT 5')).toEqual([['5']]);
    client.ok('SET SHOWPLAN_XML ON');
    client.session.reset(false);
    expect(client.rows('SELECT 6')).toEqual([['6']]);
  });

  it('refuses SET SHOWPLAN_XML beside other statements, procedure calls, and what it has no plan for', () => {
    expect(client.error('SET SHOWPLAN_XML ON; SELECT 1')).toBe(1067);
    client.ok('SET SHOWPLAN_XML ON');
    expect(client.message('UPDATE dbo.Orders SET customer = 2')).toContain('the plan of this statement');
    expect(() =>
      client.call('sp_executesql', [{ name: '', type: NVARCHAR_MAX, value: 'SELECT 1', output: false }]),
    ).toThrow('SHOWPLAN_XML');
  });

  it('needs the permission SHOWPLAN', () => {
    client.ok("CREATE LOGIN reader WITH PASSWORD = 'Secret-1'; CREATE USER reader FOR LOGIN reader");
    client.ok('ALTER ROLE db_datareader ADD MEMBER reader');
    const reader = server.open('reader');
    reader.ok('SET SHOWPLAN_XML ON');
    expect(reader.error('SELECT 1')).toBe(262);
    client.ok('GRANT SHOWPLAN TO reader');
    expect(reader.error('SELECT 1')).toBe(0);
  });

  it('sends the plan of a query after its rows, with what the operators did', () => {
    client.ok('SET STATISTICS XML ON');
    const { sets, columns } = client.ok('SELECT o.id FROM dbo.Orders o JOIN dbo.Customers c ON c.id = o.customer');
    expect(sets[0]).toHaveLength(3);
    expect(columns[1]?.map(({ name }) => name)).toEqual([COLUMN]);
    const plan = sets[1]?.[0]?.[0] ?? '';
    expect([...plan.matchAll(/ActualRows="(\d+)"/g)].map(([, rows]) => rows)).toEqual(['3', '3']);
  });

  it('names the parameters of sp_executesql with their values', () => {
    client.ok('SET STATISTICS XML ON');
    const text = (value: string) => ({ name: '', type: NVARCHAR_MAX, value, output: false });
    const { sets } = client.call('sp_executesql', [
      text('SELECT id FROM dbo.Orders WHERE id = @p'),
      text('@p int'),
      { name: '@p', type: INT, value: 2, output: false },
    ]);
    expect(sets[0]).toEqual([['2']]);
    expect(sets[1]?.[0]?.[0]).toContain('Column="@p" ParameterDataType="int" ParameterCompiledValue="(2)"');
  });

  it('can accept SHOWPLAN_XML and ignore it', () => {
    client.session.ignoresShowPlan = true;
    client.ok('SET SHOWPLAN_XML ON');
    expect(client.rows('SELECT 7')).toEqual([['7']]);
  });
});
