import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp evaluate [--tenant NAME] [--record]

Runs each verified query of the knowledge file with its default parameters, and compares the result with the one that
was recorded in the file beside it (knowledge.yaml: knowledge.results.json). That file has the columns, the number of
rows and a hash of the rows, and no data. Run it after a change of the schema, before a release of the definitions, and
in CI.

Options:
  --tenant NAME  this tenant only; without it all that have a knowledge file
  --record       records the results of this run; look at the differences first

Examples:
  mssql-mcp evaluate --tenant sales
  mssql-mcp evaluate --record

Exit codes: 0 every result is the recorded one, 1 a result is different, missing or failed, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'run the verified queries and compare their results with the recorded ones',
  help,
  async run(args) {
    const { tenant, record } = await optionsOf(args);
    const { withKnowledge } = await import('../knowledge-context.js');
    const { evaluateTenant } = await import('../evaluate-tenant.js');
    return withKnowledge(tenant, async ({ tenants, queries }) => {
      const own = tenants.filter(({ config }) => config.knowledge !== undefined);
      if (own.length === 0)
        throw new UsageError('no tenant has a knowledge file. Set KNOWLEDGE_FILE, or "knowledge" of a tenant.');
      let sound = true;
      for (const each of own) {
        const { text, ok } = await evaluateTenant(each, queries, record);
        process.stdout.write(text);
        sound &&= ok;
      }
      return sound ? 0 : 1;
    });
  },
};

async function optionsOf(args: readonly string[]) {
  const { parseArgs } = await import('node:util');
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { tenant: { type: 'string' }, record: { type: 'boolean', default: false } },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
