import { Prompt } from '../prompt.decorator.js';
import { type PromptArguments, type PromptCall, type PromptHandler, userText } from '../prompt.js';
import { CatalogNames } from './catalog-names.js';

@Prompt({
  name: 'explain_slow_query',
  title: 'Explain a slow query',
  description: 'Says why a query is slow, from the tables and indexes it uses, and proposes a faster one.',
  tools: ['describe_table'],
  completionTools: ['list_tables'],
  arguments: [
    { name: 'query', title: 'Query', description: 'The T-SQL text', required: true },
    { name: 'table', title: 'Table', description: 'The table that may be the cause', required: false },
  ],
})
export class ExplainSlowQueryPrompt implements PromptHandler {
  constructor(private readonly names: CatalogNames) {}

  get({ query = '', table }: PromptArguments, _call: PromptCall, mayUse: (tool: string) => boolean) {
    const plan = mayUse('explain_query')
      ? 'Call explain_query for its plan; with actual: true only if I agree that it runs. Then look'
      : 'Look';
    return [
      userText(
        `This query is slow:

\`\`\`sql
${query}
\`\`\`

${plan} at the tables it uses with describe_table${table ? `, first at ${table}` : ''}: their sizes, keys and indexes. Then tell me
1. what SQL Server has to do for it, step by step, and which step costs most;
2. which conditions can't use an index, and why;
3. a faster way to write it that returns the same rows, or the index that would help. Don't create it.`,
      ),
    ];
  }

  async complete(argument: string, typed: string, _known: PromptArguments, call: PromptCall) {
    return argument === 'table' ? this.names.tableNames(typed, call) : [];
  }
}
