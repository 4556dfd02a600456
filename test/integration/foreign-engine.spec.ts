import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import { sandboxConfig, type TestDatabase } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const OWN_NUMBER = 33557097;
/** The statements that the engine refuses with its own number, by a text that they contain. */
const MISTAKES = ['Ordrs', 'NOW()', '"sent"', 'custmer'];

// Babelfish has one number for most mistakes. The sandbox plays it by faults.
describe('an engine with error numbers of its own', () => {
  let sandbox: Sandbox;
  let tools: ToolServices;

  beforeAll(async () => {
    const faults = [...MISTAKES, '@@VERSION'].map((text): Fault => ({
      kind: 'raise-error',
      number: OWN_NUMBER,
      text,
      times: 0,
    }));
    sandbox = await startSandbox({
      seed: { sql: 'CREATE TABLE dbo.Orders (id int NOT NULL PRIMARY KEY, customer nvarchar(20) NULL)' },
      faults,
    });
    tools = await toolServices({ config: sandboxConfig(sandbox) } as TestDatabase);
  });
  afterAll(async () => {
    await tools.close();
    await sandbox.close();
  });

  it.each([
    ['SELECT * FROM dbo.Ordrs', /no table dbo\.Ordrs\. Did you mean dbo\.Orders/],
    ['SELECT NOW() AS a', /GETDATE/],
    ['SELECT id FROM dbo.Orders WHERE customer = "sent"', /single quotes/],
    ['SELECT custmer FROM dbo.Orders', /describe_table/],
  ])('gets our words and the usual hint: %s', async (query, hint) => {
    await expect(tools.call('execute_sql', { query })).rejects.toMatchObject({
      code: 'SQL_ERROR',
      message: expect.stringMatching(/error 33557097 of its own; its text is withheld/),
      hint: expect.stringMatching(hint),
      details: { number: OWN_NUMBER },
    });
  });
});
