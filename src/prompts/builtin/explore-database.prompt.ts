import { Prompt } from '../prompt.decorator.js';
import { type PromptArguments, type PromptCall, type PromptHandler, userText } from '../prompt.js';
import { CatalogNames } from './catalog-names.js';

@Prompt({
  name: 'explore_database',
  title: 'Explore the database',
  description: 'Gives an overview of the database: its data, the relations of its tables, and questions to ask.',
  tools: ['list_tables', 'describe_table', 'get_table_sample'],
  arguments: [{ name: 'schema', title: 'Schema', description: 'The only schema to explore', required: false }],
})
export class ExploreDatabasePrompt implements PromptHandler {
  constructor(private readonly names: CatalogNames) {}

  get({ schema }: PromptArguments) {
    const scope = schema === undefined || schema === '' ? 'the database' : `the schema ${schema} of the database`;
    return [
      userText(
        `Give me an overview of ${scope}.

1. List the tables with list_tables${schema ? ` (schema: ${schema})` : ''}.
2. Describe the most important ones with describe_table, and follow their foreign keys.
3. Look at a few rows of these with get_table_sample.
4. Tell me what the data is about, how the tables are related, and five questions it can answer.

Name the tables you looked at. Say what you could not see.`,
      ),
    ];
  }

  complete(_argument: string, typed: string, _known: PromptArguments, call: PromptCall) {
    return this.names.schemas(typed, call);
  }
}
