import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DefinitionsPort } from '../../src/search/definitions.port.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const SCHEMA = `
CREATE SCHEMA ref
GO
CREATE SCHEMA sales
GO
CREATE TABLE ref.OrderStatus (Code char(1) NOT NULL CONSTRAINT PK_Status PRIMARY KEY, Remark nvarchar(200) NULL, StatusName nvarchar(200) NOT NULL)
GO
INSERT INTO ref.OrderStatus VALUES ('O', NULL, N'open'), ('S', NULL, N'shipped
and gone'), ('C', NULL, N'cancelled')
GO
CREATE TABLE ref.Channels (ChannelID int NOT NULL CONSTRAINT PK_Channels PRIMARY KEY, Title nvarchar(30) NOT NULL)
GO
INSERT INTO ref.Channels SELECT TOP (30) ROW_NUMBER() OVER (ORDER BY object_id), N'channel' FROM sys.all_objects
GO
CREATE TABLE ref.T17 (k tinyint NOT NULL CONSTRAINT PK_T17 PRIMARY KEY, t varchar(20) NOT NULL)
GO
INSERT INTO ref.T17 VALUES (1, 'low'), (2, 'high')
GO
CREATE TABLE ref.SalaryBand (Code char(1) NOT NULL CONSTRAINT PK_Band PRIMARY KEY, Name nvarchar(30) NOT NULL)
GO
INSERT INTO ref.SalaryBand VALUES ('A', N'secret band')
GO
CREATE TABLE sales.Orders (
  OrderID int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY,
  StatusCode char(1) NOT NULL CONSTRAINT FK_Status REFERENCES ref.OrderStatus (Code),
  Channel int NULL,
  Urgency tinyint NULL,
  SalaryBandCode char(1) NULL)
GO
EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'state of
the order', @level0type = N'SCHEMA', @level0name = N'sales', @level1type = N'TABLE', @level1name = N'Orders', @level2type = N'COLUMN', @level2name = N'StatusCode'
`;

describe('the codes of describe_table', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    tools = await toolServices(database, { settings: { protectedColumns: ['SalaryBand.*'] } });
    const join = {
      from: { schema: 'sales', table: 'Orders' },
      fromColumns: ['Urgency'],
      to: { schema: 'ref', table: 'T17' },
      toColumns: ['k'],
    };
    tools.module.get(DefinitionsPort, { strict: false }).use({
      definitionsOf: () => ({ version: '1', definitions: [], joins: [join], cautions: [] }),
    });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const columnsFor = async (more: object = {}): Promise<string[]> => {
    const { data } = await tools.call(
      'describe_table',
      { table_names: ['sales.Orders'] },
      { principal: testPrincipal('ann', more) },
    );
    return data.tables[0].columns;
  };

  it('stand beside the columns with description and join partner, from keys, declared joins and names', async () => {
    const columns = await columnsFor();
    expect(columns.slice(0, 2)).toEqual([
      'OrderID int not null primary key',
      'StatusCode char(1) not null -> ref.OrderStatus.Code -- state of the order; codes: C = cancelled, O = open, S = shipped and gone',
    ]);
    expect(columns[2]).toMatch(/^Channel int -- codes: 1 = channel, .*, 20 = channel, …$/);
    expect(columns[3]).toBe('Urgency tinyint -- codes: 1 = low, 2 = high');
  });

  it('are left out for protected columns', async () => {
    expect((await columnsFor()).join()).not.toContain('secret');
  });

  it('are left out where the rules of the person hide the lookup table', async () => {
    const columns = await columnsFor({ access: { tables: ['sales.Orders', 'ref.T17'] } });
    expect(columns.filter(text => text.includes('codes'))).toEqual(['Urgency tinyint -- codes: 1 = low, 2 = high']);
    expect(columns.join()).not.toContain('OrderStatus');
  });

  it('are left out for a person whose tools read no rows', async () => {
    const columns = await columnsFor({ access: { tools: ['list_tables', 'describe_table'] } });
    expect(columns.join()).not.toContain('codes');
  });

  it('are read by statements of the person, which the audit trail has', async () => {
    await tools.call('describe_table', { table_names: ['sales.Orders', 'sales.Orders'] }, { requestId: 'codes' });
    let outcome: { statements?: { text: string }[] } | undefined;
    await until('the outcome is written', () => {
      const lines = wholeLines(readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8'));
      outcome = lines
        .map(line => JSON.parse(line))
        .find(line => line.request_id === 'codes' && line.type === 'outcome');
      return outcome !== undefined;
    });
    const texts = (outcome?.statements ?? []).map(({ text }) => text);
    expect(texts.filter(text => text.includes('[ref].[OrderStatus]'))).toHaveLength(1);
  });
});
