import { Prompt } from '../prompt.decorator.js';
import { type PromptArguments, type PromptCall, type PromptHandler, userText } from '../prompt.js';
import { CatalogNames } from './catalog-names.js';

@Prompt({
  name: 'write_query',
  title: 'Write a T-SQL query',
  description: 'Writes, checks and runs a query that answers a question.',
  tools: ['list_tables', 'describe_table'],
  arguments: [
    { name: 'question', title: 'Question', description: 'The question to answer', required: true },
    { name: 'table', title: 'Table', description: 'A table to begin with', required: false },
    {
      name: 'columns',
      title: 'Columns',
      description: 'Columns of that table to show, comma separated',
      required: false,
    },
  ],
})
export class WriteQueryPrompt implements PromptHandler {
  constructor(private readonly names: CatalogNames) {}

  get({ question = '', table, columns }: PromptArguments) {
    const begin = table ? `Begin with the table ${table}. ` : 'Find the tables with list_tables. ';
    return [
      userText(
        `Write a T-SQL query for Microsoft SQL Server that answers this question, and run it:

${question}

${begin}Look at every table with describe_table before you use it.${columns ? ` Show the columns ${columns}.` : ''}
Pass values as parameters of execute_sql, not in the text. Show me the query, what it assumes, and the answer. If the result is truncated, say so.`,
      ),
    ];
  }

  async complete(argument: string, typed: string, known: PromptArguments, call: PromptCall) {
    if (argument === 'table') return this.names.tableNames(typed, call);
    if (argument === 'columns' && known.table) return this.names.columns(known.table, typed, call);
    return [];
  }
}
