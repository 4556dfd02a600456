import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import { SchemaOverview } from '../../src/database/catalog/overview/schema-overview.js';
import { KnowledgeNotes } from '../../src/knowledge/knowledge-notes.js';
import { InstructionsService } from '../../src/mcp/methods/instructions.service.js';
import { sandboxConfig, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/** The parts of the catalogue that a server or a login may lack. */
const PARTS = [
  'sys.parameters',
  'sys.sql_modules',
  'sys.sql_expression_dependencies',
  'sys.dm_sql_referenced_entities',
  'sys.dm_sql_referencing_entities',
  'sys.dm_exec_describe_first_result_set_for_object',
  'sys.stats_columns',
  'sys.security_predicates',
  'sys.foreign_key_columns',
  'sys.synonyms',
  'HAS_DBACCESS',
];

const SEED = `CREATE TABLE dbo.Status (code char(1) NOT NULL PRIMARY KEY, name nvarchar(20) NOT NULL);
INSERT INTO dbo.Status VALUES ('a', N'active');
CREATE TABLE dbo.Orders (id int NOT NULL PRIMARY KEY, status char(1) NULL REFERENCES dbo.Status (code));
INSERT INTO dbo.Orders VALUES (1, 'a');
CREATE TABLE dbo.Orders_BAK (id int NOT NULL, status char(1) NULL);
CREATE DATABASE Archive;
EXEC ('CREATE PROCEDURE dbo.P @x int AS SELECT id FROM dbo.Orders');`;

describe.each([...PARTS.map(part => [part, [part]] as const), ['all of them', PARTS] as const])(
  'a server without %s',
  (_what, parts) => {
    let sandbox: Sandbox;
    let tools: ToolServices;

    beforeAll(async () => {
      const faults = parts.map((text): Fault => ({ kind: 'raise-error', number: 208, text, times: 0 }));
      sandbox = await startSandbox({ seed: { sql: SEED }, faults });
      const config = sandboxConfig(sandbox);
      tools = await toolServices({ config } as TestDatabase, { settings: { databases: ['Archive'] } });
    });
    afterAll(async () => {
      await tools.close();
      await sandbox.close();
    });

    it('still lists, describes, profiles and reads', async () => {
      expect((await tools.call('list_tables')).data).toMatchObject({ count: 3 });
      expect((await tools.call('list_tables', { database: 'Archive' })).data).toMatchObject({ count: 0 });
      const several = await tools.call('describe_table', { table_names: ['dbo.Orders'] });
      expect(several.data.tables[0].columns).toHaveLength(2);
      const profile = await tools.call('describe_table', { table_name: 'dbo.Orders', profile: true });
      expect(profile.data.columns[0].profile).toMatchObject({ distinct: 1 });
      const object = await tools.call('describe_object', { name: 'dbo.P' });
      expect(object.data).toMatchObject({ type: 'procedure', schema: 'dbo' });
      expect((await tools.call('execute_sql', { query: 'SELECT id FROM dbo.Orders' })).data.rows).toEqual([[1]]);
    });

    it('still has instructions', async () => {
      const service = new InstructionsService(
        tools.module.get(SchemaOverview),
        tools.registry,
        tools.module.get(KnowledgeNotes),
      );
      expect(await service.of({ tenant: tools.tenant, principal: testPrincipal() })).toContain('Archive');
    });
  },
);
