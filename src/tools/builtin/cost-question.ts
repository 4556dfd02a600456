import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { costLimitOf } from '../../database/connection/cost-guard.js';
import type { FormSchema, ToolCall } from '../tool.js';
import { shownStatement } from './shown-statement.js';

const FORM: FormSchema = {
  type: 'object',
  properties: {
    run: { type: 'boolean', title: 'Run it', description: 'Let this statement run once', default: false },
  },
  required: ['run'],
};

/**
 * Lets a person run a statement once that exceeds the limit of cost, up to the `cost_override` of their access rule. The
 * database refused the statement before it read or changed anything, so it can run again.
 */
@Injectable()
export class CostQuestion {
  /** Runs the work, and runs it again with the higher limit if the person agrees. Throws the errors of the work. */
  async letPass<T>(statement: string, call: ToolCall, work: (call: ToolCall) => Promise<T>): Promise<T> {
    try {
      return await work(call);
    } catch (error) {
      const higher = higherLimit(error, call);
      if (higher === undefined) throw error;
      const answer = await call.ask('cost', FORM, questionText(statement, error as AppError, higher));
      if (answer.action !== 'accept' || answer.content.run !== true) throw error;
      return work({ ...call, costLimit: higher } as ToolCall);
    }
  }
}

/** Returns the `cost_override` of the person if it allows the statement and the person can be asked. */
function higherLimit(error: unknown, call: ToolCall): number | undefined {
  if (!(error instanceof AppError) || error.code !== 'QUERY_TOO_EXPENSIVE' || !call.canAsk) return undefined;
  const { costOverride } = call.principal.access;
  const estimate = Number(error.details?.estimated_cost);
  if (costOverride === undefined || costOverride <= costLimitOf(call) || !(estimate <= costOverride)) return undefined;
  return costOverride;
}

function questionText(statement: string, { details }: AppError, higher: number): string {
  return `The database estimates that this statement costs ${String(details?.estimated_cost)}; the limit is ${String(details?.limit)}:

${shownStatement(statement)}

You may let it run once (up to ${higher}). It may take long and slow down others.`;
}
