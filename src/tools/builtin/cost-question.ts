import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { costLimitOf } from '../../database/connection/cost-guard.js';
import { type Answer, attended, type FormSchema, type ToolCall } from '../tool.js';
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
 * database refused the statement before it read or changed anything, so it can run again; what a procedure did before the
 * statement that was refused is rolled back.
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
      const answer = await this.answerTo(questionText(statement, error as AppError, higher), call);
      if (answer === undefined) throw cannotAsk(error as AppError);
      if (answer.action !== 'accept' || answer.content.run !== true) throw error;
      return work({ ...call, costLimit: higher } as ToolCall);
    }
  }

  /** There is no handle while the person decides. Undefined when the caller has got one already, so that nobody can be asked. */
  private async answerTo(message: string, call: ToolCall): Promise<Answer | undefined> {
    let isAsked = false;
    try {
      return await attended(call, present => {
        isAsked = true;
        return present.ask('cost', FORM, message);
      });
    } catch (error) {
      if (isAsked || call.signal.aborted) throw error;
      return undefined;
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

function cannotAsk({ code, message, hint, details, cause }: AppError): AppError {
  const again =
    'The person could not be asked, because the call had got a handle before it began. Call the tool again.';
  return new AppError(code, message, {
    hint: hint === undefined ? again : `${again} Otherwise: ${hint}`,
    ...(details === undefined ? {} : { details }),
    cause,
  });
}

function questionText(statement: string, { details }: AppError, higher: number): string {
  return `The database estimates that this statement costs ${String(details?.estimated_cost)}; the limit is ${String(details?.limit)}:

${shownStatement(statement)}

You may let it run once (up to ${higher}). It may take long and slow down others.`;
}
