/** Tables of texts, one of them in a schema that some people may not use. */
export const NOTES_SCRIPT = [
  'CREATE SCHEMA [open]',
  'CREATE SCHEMA closed',
  `CREATE TABLE [open].Notes (NoteID int NOT NULL PRIMARY KEY, Subject nvarchar(100) NOT NULL, Body nvarchar(max) NULL, Remarks varchar(200) NULL);
   INSERT INTO [open].Notes VALUES (1, N'Broken bicycles', N'A return of a broken bicycle is free for two years.', 'Ask ana.'),
     (2, N'Opening hours', N'We open at nine.', NULL), (3, N'Long story', REPLICATE(CONVERT(nvarchar(max), N'word '), 1800), NULL),
     (4, N'Endless story', REPLICATE(CONVERT(nvarchar(max), N'word '), 4000), NULL);
   CREATE TABLE [open].Pages (Slug varchar(40) NOT NULL PRIMARY KEY, Title nvarchar(100) NOT NULL, Content nvarchar(400) NOT NULL);
   INSERT INTO [open].Pages VALUES ('ship/it''s', N'Shipping', N'Shipping abroad takes ten days.');
   CREATE TABLE [open].Twice (Num int NOT NULL, Title nvarchar(100) NOT NULL, Content nvarchar(400) NOT NULL);
   INSERT INTO [open].Twice VALUES (7, N'One', N'First.'), (7, N'Two', N'Second.');
   CREATE TABLE [open].Articles (Num bigint NOT NULL CONSTRAINT PK_Articles PRIMARY KEY, Title nvarchar(100) NOT NULL, Content nvarchar(400) NOT NULL);
   INSERT INTO [open].Articles VALUES (1, N'Winter', N'Each repair of a wheel takes a day.'), (2, N'Summer', N'AND OR NOT NEAR FORMSOF');
   CREATE TABLE closed.Secrets (ID int NOT NULL PRIMARY KEY, Subject nvarchar(100) NOT NULL, Body nvarchar(400) NOT NULL);
   INSERT INTO closed.Secrets VALUES (1, N'Salary of Zoe', N'Zoe has the highest salary. See payroll Secrets: which salaries are high.');`,
];

/** Gives open.Articles a full-text index; a batch of its own, because it can't be part of a transaction. */
export const FULL_TEXT_SCRIPT = 'CREATE FULLTEXT INDEX ON [open].Articles (Title, Content) KEY INDEX PK_Articles';

export const NOTES_KNOWLEDGE = `
documents:
  - { title: Notes, rows: { table: open.Notes, key: noteid, title: Subject, text: [Body, Remarks] } }
  - { title: Pages, rows: { table: open.Pages, key: Slug, title: Title, text: [Content] } }
  - { title: Articles, rows: { table: open.Articles, key: Num, title: Title, text: [Content] } }
  - { title: Repeated, rows: { table: open.Twice, key: Num, title: Title, text: [Content] } }
  - { title: Salaries, rows: { table: closed.Secrets, key: ID, title: Subject, text: [Body] } }
  - { title: Lost texts, rows: { table: open.Notes, key: NoteID, title: Subject, text: [Gone] } }
terms:
  - { word: warranty, meaning: The two years in which a return is free., columns: [open.Notes.Body] }
  - { word: payroll, meaning: Who earns what., columns: [closed.Secrets.Body] }
queries:
  - name: open_notes
    title: Open notes by author
    questions: ["Which notes are open?"]
    sql: SELECT NoteID, Subject FROM [open].Notes
    owner: ben
    verified_on: 2026-10-20
  - name: salaries
    title: Salaries
    questions: ["Which salaries are high?"]
    sql: SELECT ID, Subject FROM closed.Secrets
    owner: ben
    verified_on: 2026-10-20
`;

const text = { type: 'string' };

/** What OpenAI publishes of the two tools (developers.openai.com: Building MCP servers for ChatGPT). */
export const CLIENT_RULES = {
  search: {
    input: { type: 'object', properties: { query: text }, required: ['query'] },
    output: {
      type: 'object',
      properties: {
        results: {
          type: 'array',
          items: { type: 'object', properties: { id: text, title: text, url: text }, required: ['id', 'title', 'url'] },
        },
      },
      required: ['results'],
    },
  },
  fetch: {
    input: { type: 'object', properties: { id: text }, required: ['id'] },
    output: {
      type: 'object',
      properties: { id: text, title: text, text, url: text, metadata: { type: 'object' } },
      required: ['id', 'title', 'text', 'url'],
    },
  },
} as const;
