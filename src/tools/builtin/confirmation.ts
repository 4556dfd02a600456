import { AppError } from '../../common/app-error.js';
import type { FormSchema, ToolCall } from '../tool.js';

const FORM: FormSchema = {
  type: 'object',
  properties: {
    confirm: { type: 'boolean', title: 'Run it', description: 'Commit this change', default: false },
  },
  required: ['confirm'],
};

/**
 * How a change is confirmed in the tenant of a call: not at all, by the person in a form, or by a second call with a token
 * where the client can't show forms.
 */
export function confirmationOf({ tenant, canAsk }: ToolCall): 'none' | 'form' | 'token' {
  const { confirmWrites } = tenant.config;
  switch (confirmWrites) {
    case 'false':
      return 'none';
    case 'when_possible':
      return canAsk ? 'form' : 'none';
    case 'true':
      return canAsk ? 'form' : 'token';
    default:
      return confirmWrites satisfies never;
  }
}

/** Asks the person. Throws AppError CANCELLED unless they agree; `key` identifies the question inside one call. */
export async function assertAgreed(call: ToolCall, key: string, question: string): Promise<void> {
  const answer = await call.ask(key, FORM, question);
  if (answer.action === 'accept' && answer.content.confirm === true) return;
  throw new AppError('CANCELLED', 'The person did not agree to this change; nothing was changed.');
}
