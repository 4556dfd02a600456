import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Principal } from '../../src/common/principal.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { checkSubjects } from '../../src/doctor/subject.checks.js';
import { FileOutput } from '../../src/export/file-output.js';
import { ExportLinks } from '../../src/export/links/export-links.js';
import { makeRun } from '../../src/export/make-run.js';
import type { SubjectCategory } from '../../src/knowledge/file/subject-definitions.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolOptions, type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';

const SCRIPT = `
CREATE SCHEMA crm;
GO
CREATE TABLE crm.People (PersonID int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, Iban varchar(34) NULL, Secret int NULL);
GO
CREATE TABLE crm.Orders (OrderID int NOT NULL PRIMARY KEY, PersonID int NOT NULL CONSTRAINT FK_Orders_People REFERENCES crm.People(PersonID), Total decimal(28,4) NOT NULL);
GO
CREATE TABLE crm.Lines (LineID bigint NOT NULL PRIMARY KEY, OrderID int NOT NULL CONSTRAINT FK_Lines_Orders REFERENCES crm.Orders(OrderID), Text nvarchar(100) NULL);
GO
CREATE TABLE crm.Letters (LetterID int NOT NULL PRIMARY KEY, PersonID int NOT NULL REFERENCES crm.People(PersonID), Body nvarchar(max) NULL);
GO
CREATE TABLE crm.Notes (Email nvarchar(50) NOT NULL PRIMARY KEY, Note nvarchar(100) NOT NULL);
GO
INSERT INTO crm.People VALUES (1, N'Ana "Ñ"', 'DE02', 7), (2, N'Ben', 'DE03', 8);
GO
INSERT INTO crm.Orders VALUES (10, 1, 123456789012345678.1234), (11, 1, 1.5), (20, 2, 3);
GO
INSERT INTO crm.Lines VALUES (9007199254740993, 10, N'line "one"'), (101, 11, NULL), (200, 20, N'other');
GO
INSERT INTO crm.Notes VALUES (N'Ana@example.com', N'calls often');
GO
INSERT INTO crm.Letters VALUES (1, 1, N'Dear Ana'), (2, 2, N'Dear Ben');
`;

const KNOWLEDGE = `
joins:
  - { name: note_author, from: crm.People.Name, to: crm.Notes.Note, cardinality: many_to_one }
subjects:
  - name: person
    table: crm.People
    key: PersonID
    retention: Ten years.
    categories:
      - name: profile
        table: crm.People
        leave_out: [Secret]
      - name: orders
        table: crm.Orders
        retention: Two years.
      - name: lines
        table: crm.Lines
      - name: totals
        query: SELECT COUNT(*) AS orders, MAX(Total) AS Secret FROM crm.Orders WHERE PersonID = @id -- all of them
        leave_out: [Secret]
  - name: caller
    table: crm.Notes
    key: Email
    retention: One year.
    categories:
      - name: notes
        table: crm.Notes
  - name: paths
    table: crm.People
    key: PersonID
    retention: None.
    categories:
      - { name: letters, table: crm.Letters, key: PersonID }
      - { name: lines, table: crm.Lines, key: crm.Orders.PersonID }
      - { name: named_way, table: crm.Lines, key: crm.People.PersonID, via: [FK_Lines_Orders, FK_Orders_People] }
  - name: twice
    table: crm.Notes
    key: Email
    retention: None.
    categories:
      - { name: people, table: crm.People, key: crm.Notes.Email }
  - name: broken
    table: crm.People
    key: PersonID
    retention: None.
    categories:
      - name: profile
        table: crm.People
      - name: gone
        table: crm.Gone
  - name: named
    table: crm.People
    key: PersonID
    retention: None.
    categories:
      - name: accounts
        query: SELECT Iban FROM crm.People WHERE PersonID = @id
  - name: misspelled
    table: crm.People
    key: PersonID
    retention: None.
    categories:
      - name: accounts
        query: SELECT Name, Secret FROM crm.People WHERE PersonID = @id
        leave_out: [Secrets]
  - name: loose
    table: crm.People
    key: PersonID
    retention: None.
    categories:
      - name: several
        query: SELECT Name FROM crm.People WHERE PersonID = @id FOR JSON PATH
`;

const ANN: Partial<Principal> = { access: { subjectAccess: true }, grantId: 'grant', mayExport: false };
const ann = testPrincipal('ann', ANN);

describe('export_subject_data', () => {
  let database: TestDatabase;
  let file: string;
  let tools: ToolServices;
  const opened: ToolServices[] = [];
  const open = async (options: ToolOptions = {}): Promise<ToolServices> => {
    const settings = { knowledge: file, protectedColumns: ['iban'], ...options.settings };
    const services = await toolServices(database, { ...options, settings });
    opened.push(services);
    return services;
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-subjects-')), 'knowledge.yaml');
    writeFileSync(file, KNOWLEDGE);
    tools = await open();
  });
  afterAll(async () => {
    for (const services of opened) await services.close();
    await database.close();
  });

  const ask = async (args: object, services = tools, principal = ann) =>
    (await services.call('export_subject_data', args, { principal })).data;
  const trail = (services = tools) =>
    readFileSync(path.join(services.directory, 'audit.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);

  /** The file of the newest link, as its download makes it. */
  const downloaded = async (services = tools): Promise<string> => {
    const [link] = await services.module.get(ExportLinks, { strict: false }).of(services.tenant, 'ann');
    if (link === undefined) throw new Error('no link');
    const stream = new PassThrough();
    const whole = text(stream);
    const run = makeRun(link, testCall(services.tenant, { principal: ann }), new FileOutput(stream, { maxBytes: 1e6 }));
    await run.run(services.module.get(QueryService, { strict: false }));
    return whole;
  };

  it('answers with counts and a link, and never with rows', async () => {
    const data = await ask({ subject: 'person', id: 1 });
    expect(data).toEqual({
      subject: 'person',
      id: '1',
      requested_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      categories: {
        profile: {
          columns: [
            { name: 'PersonID', type: 'int' },
            { name: 'Name', type: 'nvarchar(50)' },
          ],
          row_count: 1,
          left_out: ['Iban', 'Secret'],
        },
        orders: { columns: expect.any(Array), row_count: 2 },
        lines: { columns: expect.any(Array), row_count: 2 },
        totals: { columns: [{ name: 'orders', type: 'int' }], row_count: 1, left_out: ['Secret'] },
      },
      url: expect.stringMatching(/\/downloads\/[\w-]{43}$/),
      file_name: 'person-data.json',
      format: 'json',
      expires_at: expect.any(String),
      retention_policy: 'Ten years.',
      consistency: database.sandbox ? 'per_category' : expect.any(String),
      untrusted: true,
    });
    expect(JSON.stringify(data)).not.toContain('Ana');
  });

  it('makes one whole document of all categories, with exact values', async () => {
    await ask({ subject: 'person', id: '1' });
    const document = await downloaded();
    expect(JSON.parse(document)).toEqual({
      subject: 'person',
      id: '1',
      requested_at: expect.any(String),
      requested_by: 'ann',
      read_at: expect.any(String),
      tenant: 'demo',
      database: expect.any(String),
      retention_policy: 'Ten years.',
      categories: {
        profile: {
          left_out: ['Iban', 'Secret'],
          columns: expect.any(Array),
          rows: [{ PersonID: 1, Name: 'Ana "Ñ"' }],
          row_count: 1,
        },
        orders: {
          retention: 'Two years.',
          columns: expect.any(Array),
          rows: [
            { OrderID: 10, PersonID: 1, Total: '123456789012345678.1234' },
            { OrderID: 11, PersonID: 1, Total: 1.5 },
          ],
          row_count: 2,
        },
        lines: {
          columns: expect.any(Array),
          rows: [
            { LineID: 101, OrderID: 11, Text: null },
            { LineID: '9007199254740993', OrderID: 10, Text: 'line "one"' },
          ],
          row_count: 2,
        },
        totals: { left_out: ['Secret'], columns: expect.any(Array), rows: [{ orders: 2 }], row_count: 1 },
      },
      consistency: expect.any(String),
      complete: true,
    });
    for (const other of ['Ben', 'DE02', 'other']) expect(document).not.toContain(other);
  });

  it('finds the rows of a person by a column, by joins, and by named ways', async () => {
    const { categories } = await ask({ subject: 'paths', id: 1 });
    const counts = Object.entries(categories).map(([name, { row_count: count }]: [string, any]) => [name, count]); // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(counts).toEqual([
      ['letters', 1],
      ['lines', 2],
      ['named_way', 2],
    ]);
    // A join without a key could give a row twice.
    await expect(ask({ subject: 'twice', id: 'Ana@example.com' })).rejects.toMatchObject({
      message: expect.stringContaining('The join note_author leads to columns of crm.Notes that are no key'),
    });
  });

  it('knows a person by the key as it is stored, however it was written', async () => {
    const stored = await ask({ subject: 'caller', id: 'Ana@example.com' });
    const other = await ask({ subject: 'Caller', id: 'ANA@EXAMPLE.COM ' });
    expect([stored.id, other.id]).toEqual(['Ana@example.com', 'Ana@example.com']);
    expect(other.categories.notes.row_count).toBe(1);
    const hashes = trail().flatMap(({ event, data_subject: name, data_subject_hash: hash }) =>
      event === 'subject_data_read' && name === 'caller' ? [hash] : [],
    );
    expect(hashes).toHaveLength(2);
    expect(new Set(hashes).size).toBe(1);
  });

  it('says when no category has a row of the id', async () => {
    const data = await ask({ subject: 'person', id: 99 });
    expect(data.categories).toMatchObject({ profile: { row_count: 0 }, orders: { row_count: 0 } });
    expect(JSON.parse(await downloaded()).categories.orders.rows).toEqual([]);
  });

  it('is offered only to people with subject_access', async () => {
    for (const access of [{}, { maySuggest: true }, { subjectAccess: false }]) {
      const principal = testPrincipal('eve', { grantId: 'grant', access });
      await expect(ask({ subject: 'person', id: 1 }, tools, principal)).rejects.toMatchObject({ code: 'UNKNOWN_TOOL' });
      const names = tools.registry.forPrincipal(tools.tenant, principal).map(({ name }) => name);
      expect(names).not.toContain('export_subject_data');
    }
    // A machine client can't open a link, so it gets none.
    const { grantId: _grant, ...client } = ann;
    await expect(ask({ subject: 'person', id: 1 }, tools, client)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is complete or an error', async () => {
    const limited = testPrincipal('ann', { ...ANN, access: { subjectAccess: true, tables: ['crm.People'] } });
    await expect(ask({ subject: 'person', id: 1 }, tools, limited)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(ask({ subject: 'broken', id: 1 })).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
      message: expect.stringContaining('gone: There is no table or view crm.Gone'),
    });
    await expect(ask({ subject: 'broken', id: 1 }, tools, limited)).rejects.toMatchObject({
      message: 'The subject broken no longer fits the database.',
    });
    await expect(ask({ subject: 'loose', id: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(ask({ subject: 'misspelled', id: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('does not return "secrets", which it is to leave out'),
    });
    await expect(ask({ subject: 'named', id: 1 })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(ask({ subject: 'persons', id: 1 })).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
      hint: expect.stringContaining('person'),
    });
    await expect(ask({ subject: 'person', id: '1; DROP TABLE crm.People' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(ask({ subject: 'person', id: 2 ** 53 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const small = await open({ limits: { exportMaxRows: 3 } });
    await expect(ask({ subject: 'person', id: 1 }, small)).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
  });

  it('shows rows to the model only where the tenant wants it, and all of them or none', async () => {
    const inline = await open({ settings: { subjectDataInline: true } });
    const data = await ask({ subject: 'person', id: 1 }, inline);
    expect(data.categories.profile.rows).toEqual([[1, 'Ana "Ñ"']]);
    expect(data.categories.orders.rows).toEqual([
      [10, 1, '123456789012345678.1234'],
      [11, 1, 1.5],
    ]);
    const narrow = await open({ settings: { subjectDataInline: true }, limits: { maxResultBytes: 1_000 } });
    const short = await ask({ subject: 'person', id: 1 }, narrow);
    expect(Object.values(short.categories).some(category => 'rows' in (category as object))).toBe(false);
    expect(short).toMatchObject({ note: expect.stringContaining('the file has them'), url: expect.any(String) });
  });

  it('is audited as a kind of its own, without data or id', async () => {
    const services = await open();
    await ask({ subject: 'person', id: 1 }, services);
    await until('the link is recorded', () => trail(services).some(({ event }) => event === 'export_link_made'));
    const lines = trail(services);
    const own = lines.filter(({ type }) => type === 'subject_access');
    expect(own.map(({ event }) => event)).toEqual(['subject_data_read', 'export_link_made']);
    for (const line of own)
      expect(line).toMatchObject({
        principal: 'ann',
        data_subject: 'person',
        // printf '["demo","person","1"]' | sha256sum
        data_subject_hash: '5c3ac234a7fe0ee21a9600461cda90d136c9f039f51a64a533ccacd613034361',
        file_name: 'person-data.json',
      });
    expect(lines.find(({ type, tool }) => type === 'outcome' && tool === 'export_subject_data')).toMatchObject({
      outcome: 'ok',
      statements: [
        { parameters: { id: 'int' }, verdict: 'allowed', rows: 1 },
        { parameters: { id: 'int' }, verdict: 'allowed', rows: 6 },
      ],
    });
    expect(JSON.stringify(lines)).not.toMatch(/Ana|"id":"?1"?[,}]/);
  });

  it('reports tables that refer to the person and that no category has', async () => {
    const definitions = tools.module.get(KnowledgeService, { strict: false }).of(tools.tenant)?.definitions;
    if (definitions === undefined) throw new Error('no definitions');
    const catalog = tools.module.get(CatalogService, { strict: false });
    const found = async (name: string, categories: readonly SubjectCategory[]) => {
      const subjects = definitions.subjects.filter(subject => subject.name === name);
      const more = subjects.map(subject => ({ ...subject, categories: [...subject.categories, ...categories] }));
      return checkSubjects(tools.tenant, { ...definitions, subjects: more }, catalog);
    };
    expect(await found('person', [])).toEqual([
      {
        subject: 'demo: knowledge',
        level: 'warning',
        text: 'the subject "person" has no category for tables with a foreign key to crm.People: crm.Letters',
        todo: expect.stringContaining('Add a category'),
      },
    ]);
    const letters = 'SELECT Body FROM [crm].[Letters] WHERE PersonID = @id';
    expect(await found('person', [{ name: 'letters', query: letters }])).toEqual([]);
    expect(await found('person', [{ name: 'letters', table: 'CRM.letters' }])).toEqual([]);
    expect(await found('broken', [])).toMatchObject([{ text: expect.stringContaining('crm.Letters, crm.Orders') }]);
  });

  it('proves each category with the database', async () => {
    const knowledge = tools.module.get(KnowledgeService, { strict: false });
    const proved = await knowledge.proved(tools.tenant, new AbortController().signal);
    expect(proved?.proof?.items.map(({ kind, name, state }) => [kind, name, state])).toEqual([
      ['subject', 'person', 'proved'],
      ['category', 'person.profile', 'proved'],
      ['category', 'person.orders', 'proved'],
      ['category', 'person.lines', 'proved'],
      ['category', 'person.totals', 'proved'],
      ['subject', 'caller', 'proved'],
      ['category', 'caller.notes', 'proved'],
      ['subject', 'paths', 'proved'],
      ['category', 'paths.letters', 'proved'],
      ['category', 'paths.lines', 'proved'],
      ['category', 'paths.named_way', 'proved'],
      ['subject', 'twice', 'proved'],
      ['category', 'twice.people', 'broken'],
      ['subject', 'broken', 'proved'],
      ['category', 'broken.profile', 'proved'],
      ['category', 'broken.gone', 'broken'],
      ['subject', 'named', 'proved'],
      ['category', 'named.accounts', 'proved'],
      ['subject', 'misspelled', 'proved'],
      ['category', 'misspelled.accounts', 'proved'],
      ['subject', 'loose', 'proved'],
      ['category', 'loose.several', 'proved'],
      ['join', 'note_author', 'proved'],
    ]);
  });
});
