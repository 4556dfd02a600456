import { z } from 'zod';
import { StatementPolicy } from '../../database/policy/statement-policy.js';
import { SuggestionQueue } from '../../knowledge/suggestions/suggestion-queue.js';
import { Tool } from '../tool.decorator.js';
import type { InputOf, OutputOf, ToolCall, ToolHandler } from '../tool.js';

const input = z.strictObject({
  question: z.string().min(5).max(500).describe("in the person's words"),
  sql: z.string().min(1).max(20_000).describe('the SELECT that answers it'),
  note: z.string().min(1).max(1_000).optional(),
});
const output = z.strictObject({ queued: z.string().describe('the id of the suggestion') });

/** Puts a question with its SQL into a queue. Nothing uses it before an administrator has put it into the knowledge file. */
@Tool({
  name: 'suggest_definition',
  title: 'Suggest a definition',
  description:
    'Suggests a question and its SQL as a verified query, for an administrator to check. Only when the person asks for it.',
  scope: 'sql:read',
  readOnly: false,
  destructive: false,
  changesDatabase: false,
  openWorld: false,
  input,
  output,
  auditedStatement: ({ sql }) => sql,
  isFor: ({ access }) => access.maySuggest === true,
  forTenant: tenant => (tenant.config.knowledge === undefined ? 'hidden' : {}),
})
export class SuggestDefinitionTool implements ToolHandler<typeof input, typeof output> {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly queue: SuggestionQueue,
  ) {}

  async execute({ question, sql, note }: InputOf<typeof input>, call: ToolCall): Promise<OutputOf<typeof output>> {
    this.policy.admitRead(sql, call);
    const { subject: principal, client } = call.principal;
    return { queued: await this.queue.add({ tenant: call.tenant.name, principal, client, question, sql, note }) };
  }
}
