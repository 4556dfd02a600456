import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { knowledgeFile } from '../support/knowledge/knowledge-file.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

// What only a SQL Server can prove: ownership chaining, its own procedures, cells of a table-valued parameter that travel as
// text, and modules that the sandbox can't create.

const READER = `mcp_reader_${randomBytes(4).toString('hex')}`;
const PASSWORD = `Aa1!${randomBytes(12).toString('hex')}`;
const SCRIPT = `
CREATE TABLE dbo.Log (id int NOT NULL)
GO
CREATE TYPE dbo.[Order lines] AS TABLE (Id int NOT NULL, Price decimal(38,10) NULL, Worth money NULL, Day datetimeoffset(7) NULL, Raw varbinary(8) NULL, Done bit NULL, Doc xml NULL, Tag uniqueidentifier NULL, Rate real NULL)
GO
CREATE PROCEDURE dbo.Of_Lines @lines dbo.[Order lines] READONLY AS SELECT * FROM @lines ORDER BY Id
GO
CREATE PROCEDURE dbo.Writes AS INSERT INTO dbo.Log VALUES (1)
GO
CREATE PROCEDURE dbo.Sends AS EXEC sp_executesql N'INSERT INTO dbo.Log VALUES (2)'
GO
CREATE PROCEDURE dbo.Looks AS EXEC dbo.sp_who
GO
CREATE PROCEDURE dbo.Walks AS BEGIN DECLARE c CURSOR FOR SELECT 1; OPEN c; CLOSE c; DEALLOCATE c END
GO
SET QUOTED_IDENTIFIER OFF
GO
CREATE PROCEDURE dbo.Quoted AS SELECT "DELETE FROM dbo.Log" AS a
GO
SET QUOTED_IDENTIFIER ON
GO
CREATE PROCEDURE dbo.Reads AS SELECT COUNT(*) AS n FROM dbo.Log
GO
CREATE LOGIN ${READER} WITH PASSWORD = '${PASSWORD}'
GO
CREATE USER ${READER} FOR LOGIN ${READER}
GO
GRANT VIEW DEFINITION TO ${READER}
GO
GRANT EXECUTE ON dbo.Reads TO ${READER}
GO
GRANT EXECUTE ON dbo.Writes TO ${READER}
GO
GRANT EXECUTE ON dbo.Of_Lines TO ${READER}
GO
GRANT EXECUTE ON TYPE::dbo.[Order lines] TO ${READER}`;

const entry = (name: string, reads = true) =>
  `  - { name: ${name.toLowerCase()}, title: ${name}, procedure: dbo.${name}, reads: ${reads} }\n`;

describe('declared procedures with a login that may read nothing but execute some', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCRIPT);
    const config = Object.assign(Object.create(Object.getPrototypeOf(database.config) as object), database.config, {
      user: READER,
      password: PASSWORD,
    });
    const names = ['Of_Lines', 'Writes', 'Sends', 'Looks', 'Walks', 'Quoted', 'Reads'];
    const knowledge = knowledgeFile(`procedures:\n${names.map(name => entry(name)).join('')}`).path;
    tools = await toolServices({ ...database, config }, { settings: { knowledge } });
    await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
  });
  afterAll(async () => {
    await tools.close();
    await database.execute(`DROP USER ${READER}\nGO\nDROP LOGIN ${READER}`);
    await database.close();
  });

  it('offers those that only read, though the login may write through any of them', () => {
    const offered = tools.registry.forPrincipal(tools.tenant, testPrincipal()).map(({ name }) => name);
    expect(offered).toEqual(expect.arrayContaining(['of_lines', 'reads']));
    for (const name of ['writes', 'sends', 'looks', 'walks', 'quoted']) expect(offered).not.toContain(name);
  });

  it('reads a table that the login may not read, by ownership chaining', async () => {
    expect((await tools.call('reads')).data.rows).toEqual([[0]]);
  });

  it('converts the cells of a table-valued parameter exactly', async () => {
    const line = {
      Id: 1,
      Price: '1234567890123456789012345678.0123456789',
      Worth: '922337203685477.5807',
      Day: '2026-11-30T20:36:39.1234567+05:30',
      Raw: '0x00FF',
      Done: true,
      Doc: '<a>ж</a>',
      Tag: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      Rate: 0.1,
    };
    expect((await tools.call('of_lines', { lines: [line] })).data.rows).toEqual([Object.values(line)]);
  });
});
