import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const GUID = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
const SCRIPT = `
CREATE SCHEMA ids;
GO
CREATE TABLE ids.Fixed (K char(5) NOT NULL PRIMARY KEY, Note nvarchar(20) NOT NULL);
GO
INSERT INTO ids.Fixed VALUES ('AB-01', N'Planted'), ('AB', N'Short');
GO
CREATE TABLE ids.Guids (K uniqueidentifier NOT NULL PRIMARY KEY, Note nvarchar(20) NOT NULL);
GO
INSERT INTO ids.Guids VALUES ('${GUID}', N'Planted');
GO
CREATE TABLE ids.Decimals (K decimal(9,2) NOT NULL PRIMARY KEY, Note nvarchar(20) NOT NULL);
GO
INSERT INTO ids.Decimals VALUES (1.5, N'Planted');
GO
CREATE TABLE ids.Numbers (K tinyint NOT NULL PRIMARY KEY, Note nvarchar(20) NOT NULL);
GO
INSERT INTO ids.Numbers VALUES (1, N'Planted');
GO
CREATE TABLE ids.Texts (K varchar(20) NOT NULL PRIMARY KEY, Note nvarchar(20) NOT NULL);
GO
INSERT INTO ids.Texts VALUES ('?', N'Planted'), ('a%', N'Planted');
GO
CREATE TABLE ids.Strict (K varchar(20) COLLATE Latin1_General_CS_AS NOT NULL PRIMARY KEY);
GO
INSERT INTO ids.Strict VALUES ('ab'), ('AB'), ('1'), ('01');
GO
CREATE TABLE ids.Loose (K varchar(20) COLLATE Latin1_General_CI_AS NOT NULL PRIMARY KEY);
GO
INSERT INTO ids.Loose VALUES ('Ana@example.com');
GO
CREATE TABLE ids.LooseLetters (ID int NOT NULL PRIMARY KEY, Who varchar(20) COLLATE Latin1_General_CI_AS NOT NULL);
GO
INSERT INTO ids.LooseLetters VALUES (1, 'ab'), (2, 'AB');
GO
CREATE TABLE ids.StrictLetters (ID int NOT NULL PRIMARY KEY, Who nvarchar(20) COLLATE Latin1_General_CS_AS NOT NULL);
GO
INSERT INTO ids.StrictLetters VALUES (1, N'Ana@example.com'), (2, N'ana@example.com');
GO
CREATE TABLE ids.NumberLetters (ID int NOT NULL PRIMARY KEY, Who int NOT NULL);
GO
INSERT INTO ids.NumberLetters VALUES (1, 1);
GO
CREATE TABLE ids.Shared (Branch int NOT NULL, K int NOT NULL, PRIMARY KEY (Branch, K));
GO
INSERT INTO ids.Shared VALUES (1, 7), (2, 7), (1, 8);
`;
const subject = (name: string) =>
  `  - { name: ${name}, table: ids.${name}, key: K, retention: None., categories: [{ name: all, table: ids.${name} }] }`;
const letters = (name: string, table: string, more: string) =>
  `  - { name: ${name}, table: ids.${table}, key: K, retention: None., categories: [{ name: all, ${more} }] }`;
const KNOWLEDGE = [
  'subjects:',
  ...['fixed', 'guids', 'decimals', 'numbers', 'texts', 'shared'].map(subject),
  letters('strict', 'Strict', 'table: ids.LooseLetters, key: Who'),
  letters('loose', 'Loose', 'table: ids.StrictLetters, key: Who'),
  letters('loose_query', 'Loose', 'query: SELECT ID FROM ids.StrictLetters WHERE Who = @id'),
  letters('converted', 'Strict', 'table: ids.NumberLetters, key: Who'),
].join('\n');

/** Nobody gets the data of a person whose id is only similar to the one that was asked for. */
describe('the id of a person', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  const principal = testPrincipal('ann', { access: { subjectAccess: true }, grantId: 'grant' });

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-subject-ids-')), 'knowledge.yaml');
    writeFileSync(file, KNOWLEDGE);
    tools = await toolServices(database, { settings: { knowledge: file } });
  });
  afterAll(async () => {
    await tools?.close();
    await database?.close();
  });

  const found = (name: string, id: unknown): Promise<string> =>
    tools.call('export_subject_data', { subject: name, id }, { principal }).then(
      ({ data }) => `${data.id}: ${data.categories.all.row_count}`,
      ({ code }: { code: string }) => code,
    );

  it.each([
    ['fixed', 'AB-01', 'AB-01: 1'],
    ['fixed', 'ab-01  ', 'INVALID_ARGUMENT'],
    ['fixed', 'AB   ', 'AB: 1'],
    ['fixed', ' AB', ' AB: 0'],
    // It would be truncated to the key of another.
    ['fixed', 'AB-011', 'INVALID_ARGUMENT'],
    ['fixed', "' OR 1=1 --", 'INVALID_ARGUMENT'],
    ['guids', GUID.toLowerCase(), `${GUID}: 1`],
    ['guids', `${GUID} and more`, 'INVALID_ARGUMENT'],
    ['guids', 5, 'INVALID_ARGUMENT'],
    ['decimals', '1.50', '1.50: 1'],
    ['decimals', '1.504', 'INVALID_ARGUMENT'],
    ['decimals', 1, '1: 0'],
    ['decimals', 1.5, 'INVALID_ARGUMENT'],
    ['numbers', '1', '1: 1'],
    ['numbers', '257', 'INVALID_ARGUMENT'],
    ['numbers', '1.0', 'INVALID_ARGUMENT'],
    ['numbers', '1 OR 1=1', 'INVALID_ARGUMENT'],
    ['numbers', true, 'INVALID_ARGUMENT'],
    ['numbers', null, 'INVALID_ARGUMENT'],
    ['numbers', ['1'], 'INVALID_ARGUMENT'],
    ['numbers', '', 'INVALID_ARGUMENT'],
    ['texts', '%', '%: 0'],
    ['texts', 'a%', 'a%: 1'],
    // Outside of the code page; it would become the question mark.
    ['texts', '日', 'INVALID_ARGUMENT'],
    // One spelling, one person: so the subject's own column says, and not the collation of a category's column.
    ['strict', 'ab', 'ab: 1'],
    ['strict', 'AB', 'AB: 1'],
    ['loose', 'ANA@EXAMPLE.COM', 'Ana@example.com: 2'],
    ['loose_query', 'ANA@EXAMPLE.COM', 'Ana@example.com: 1'],
    // As a number 01 is 1, who is another person.
    ['converted', '01', 'UNKNOWN_DEFINITION'],
    // A key of two columns, of which one alone is of two persons.
    ['shared', 7, 'UNKNOWN_DEFINITION'],
    ['shared', 8, '8: 1'],
  ])('%s %j is answered with %s', async (name, id, expected) => {
    expect(await found(name, id)).toBe(expected);
  });

  it('stands in no line of the trail', async () => {
    await found('fixed', 'AB-01');
    await found('fixed', 'ZZ-99-unknown');
    expect(readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8')).not.toMatch(/AB-01|ZZ-99|Planted/);
  });
});
