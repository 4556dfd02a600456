import { type Command, UsageError } from '../command.js';

const help = `Usage: mssql-mcp knowledge <command>

Works with a tenant's definitions: terms, metrics and verified queries, in the file that KNOWLEDGE_FILE (or the tenant's
setting "knowledge") names.

Commands:
  check FILE                    reads the file and prints every fault with its line and column; needs no database
  schema                        prints the JSON Schema of the file, for editors
  suggestions [--tenant NAME]   prints the suggestions of people as entries of "queries", for you to check and to commit
  remove ID [--tenant NAME]     removes a suggestion from the queue

Options of suggestions and remove:
  --tenant NAME  this tenant only; without it all of them

A suggestion comes from a person who may have been misled. Read its SQL before you take it over. Control characters in
it are printed as \\u{…}.

Examples:
  mssql-mcp knowledge check config/knowledge.yaml
  mssql-mcp knowledge suggestions --tenant sales > suggestions.yaml

Exit codes: 0 done, 1 the file has faults or there is no such suggestion, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'check the definitions of a tenant, and list what people suggest',
  help,
  async run([name, ...rest]) {
    switch (name) {
      case 'check':
        return check(rest);
      case 'schema': {
        const { editorSchema } = await import('../../knowledge/file/json-schema.js');
        process.stdout.write(editorSchema());
        return 0;
      }
      case 'suggestions':
        return suggestions(rest);
      case 'remove':
        return remove(rest);
      default:
        throw new UsageError(
          name === undefined
            ? 'say which command: check, schema, suggestions or remove.'
            : `unknown command "${name}".`,
        );
    }
  },
};

async function check([path, ...more]: readonly string[]): Promise<number> {
  if (path === undefined || path.startsWith('-') || more.length > 0)
    throw new UsageError('check takes the path of one file.');
  const { KnowledgeFile } = await import('../../knowledge/file/knowledge-file.js');
  const { definitions, faults } = new KnowledgeFile(path).read();
  if (definitions === undefined) {
    process.stdout.write(`${faults.join('\n')}\n${faults.length} fault(s).\n`);
    return 1;
  }
  const counts = Object.entries(definitions).flatMap(([kind, entries]) =>
    Array.isArray(entries) ? `${kind}: ${entries.length}` : [],
  );
  process.stdout.write(`${path}: no faults. ${counts.join(', ')}.\n`);
  return 0;
}

async function suggestions(args: readonly string[]): Promise<number> {
  const { tenant } = await optionsOf(args, 0);
  const { withKnowledge } = await import('../knowledge-context.js');
  const { suggestionYaml } = await import('../../knowledge/suggestions/suggestion-yaml.js');
  return withKnowledge(tenant, async services => {
    for (const each of services.tenants) {
      const found = await services.suggestions.list(each.name);
      process.stdout.write(`# ${each.name}: ${found.length} suggestion(s)\n${found.map(suggestionYaml).join('')}`);
    }
    return 0;
  });
}

async function remove(args: readonly string[]): Promise<number> {
  const { tenant, positionals } = await optionsOf(args, 1);
  const [id = ''] = positionals;
  const { withKnowledge } = await import('../knowledge-context.js');
  return withKnowledge(tenant, async services => {
    const removed = await Promise.all(services.tenants.map(each => services.suggestions.remove(each.name, id)));
    const found = removed.includes(true);
    process.stdout.write(found ? 'Removed.\n' : 'There is no such suggestion.\n');
    return found ? 0 : 1;
  });
}

async function optionsOf(args: readonly string[], count: number) {
  const { parseArgs } = await import('node:util');
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { tenant: { type: 'string' } },
    });
    if (positionals.length !== count)
      throw new UsageError(count === 0 ? 'there are too many arguments.' : 'remove takes one id.');
    return { tenant: values.tenant, positionals };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}
