import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { QueryService, type WriteOptions, type WriteResult } from '../../database/query/query.service.js';
import type { SingleStatement } from '../../database/query/statement-reports.js';
import type { SqlOutput } from '../results/result-schemas.js';
import { maxRowBytesOf } from '../results/result-size.js';
import { ResultText } from '../results/result-text.js';
import { attended, type ToolCall, ToolOutput } from '../tool.js';
import { assertAgreed, confirmationOf } from './confirmation.js';
import { ConfirmTokens } from './confirm-tokens.js';
import { CostQuestion } from './cost-question.js';
import { ErrorHints } from './error-hints.js';
import type { ReadStatementInput } from './read-statement.js';
import { shownStatement } from './shown-statement.js';
import { statementBinding } from './statement-cursor.js';

export interface WriteStatementInput extends ReadStatementInput {
  readonly dry_run?: boolean | undefined;
  readonly confirm_token?: string | undefined;
}

const MAX_QUESTIONS = 3;

/**
 * Runs a statement that changes data, and asks for confirmation if the tenant requires it. No transaction is open while
 * the person decides: the statement runs, its rows are counted, and it is rolled back. After the answer it runs again,
 * and it is committed only if every count is the same.
 */
@Injectable()
export class WriteStatement {
  constructor(
    private readonly queries: QueryService,
    private readonly tokens: ConfirmTokens,
    private readonly hints: ErrorHints,
    private readonly costs: CostQuestion,
  ) {}

  async run(input: WriteStatementInput, call: ToolCall): Promise<ToolOutput<SqlOutput>> {
    return this.confirmed(input, call).catch(async (error: unknown) => {
      throw await this.hints.explain(error, input.query, call);
    });
  }

  private write(statement: SingleStatement, call: ToolCall, options: WriteOptions): Promise<WriteResult> {
    return this.costs.letPass(typeof statement === 'string' ? statement : statement.given, call, allowed =>
      this.queries.write(statement, allowed, options),
    );
  }

  private async confirmed(input: WriteStatementInput, call: ToolCall): Promise<ToolOutput<SqlOutput>> {
    if (input.cursor !== undefined)
      throw new AppError('INVALID_ARGUMENT', 'A statement that changes data has no pages: leave out "cursor".');
    if (input.dry_run === true) return this.dryRun(input, call, {});
    if (input.confirm_token !== undefined) return this.confirmedByToken(input, call, input.confirm_token);
    const confirmation = confirmationOf(call);
    switch (confirmation) {
      case 'none':
        return this.commit(input, call);
      case 'form':
        return this.asked(input, call);
      case 'token':
        return this.dryRun(input, call, { offerToken: true });
      default:
        return confirmation satisfies never;
    }
  }

  private async commit(input: WriteStatementInput, call: ToolCall): Promise<ToolOutput<SqlOutput>> {
    const text = textOf(input, call);
    const result = await this.write(input.query, call, optionsOf(input, call, text));
    return effectOf(result, text);
  }

  private async asked(input: WriteStatementInput, call: ToolCall): Promise<ToolOutput<SqlOutput>> {
    let statement: SingleStatement = input.query;
    for (let question = 1; question <= MAX_QUESTIONS; question++) {
      const agreed: WriteResult = await attended(call, waiting => this.agreedTrial(statement, input, waiting));
      statement = agreed.statement;
      const text = textOf(input, call);
      const result = await this.write(statement, call, {
        ...optionsOf(input, call, text),
        expectedRows: agreed.affectedRows,
      });
      if (result.committed) return effectOf(result, text);
    }
    throw changedMeanwhile();
  }

  /** Counts the rows and asks the person. Throws AppError CANCELLED if they don't agree. */
  private async agreedTrial(
    statement: SingleStatement,
    input: WriteStatementInput,
    call: ToolCall,
  ): Promise<WriteResult> {
    const trial = await this.write(statement, call, { ...optionsOf(input, call), dryRun: true });
    const counts = trial.affectedRows;
    // The counts are part of the key, so that an answer about other numbers of rows is not accepted.
    await assertAgreed(call, `confirm-${counts.join('-')}`, questionText(input.query, counts));
    return trial;
  }

  private async confirmedByToken(
    input: WriteStatementInput,
    call: ToolCall,
    token: string,
  ): Promise<ToolOutput<SqlOutput>> {
    const expectedRows = await this.tokens.redeem(token, statementBinding(call, input.query, input.parameters));
    const text = textOf(input, call);
    const result = await this.write(input.query, call, { ...optionsOf(input, call, text), expectedRows });
    if (!result.committed) throw changedMeanwhile();
    return effectOf(result, text);
  }

  private async dryRun(
    input: WriteStatementInput,
    call: ToolCall,
    { offerToken = false }: { offerToken?: boolean },
  ): Promise<ToolOutput<SqlOutput>> {
    const trial = await this.write(input.query, call, { ...optionsOf(input, call), dryRun: true });
    const binding = statementBinding(call, input.query, input.parameters);
    const structured: SqlOutput = {
      dry_run: true,
      ...countsOf(trial),
      ...(offerToken
        ? {
            confirm_token: await this.tokens.issue(trial.affectedRows, binding),
            note: 'Nothing was changed. Ask the person; if they agree, call again with the same query and confirm_token.',
          }
        : {}),
      ...messagesOf(trial),
    };
    return new ToolOutput(structured, JSON.stringify(structured));
  }
}

function textOf(input: WriteStatementInput, call: ToolCall): ResultText {
  return new ResultText(input.format ?? call.tenant.config.format);
}

function optionsOf(input: WriteStatementInput, call: ToolCall, text?: ResultText): object {
  return {
    parameters: input.parameters,
    maxRows: input.max_rows,
    ...(text === undefined ? {} : { measureRow: text.measureRow, maxRowBytes: maxRowBytesOf(call.tenant) }),
  };
}

/** The rows that the statement returned (OUTPUT, SELECT), or the number of rows that it changed. */
function effectOf(result: WriteResult, text: ResultText): ToolOutput<SqlOutput> {
  if (result.resultSets.length > 0)
    return text.output(result, result.affectedRows.length === 0 ? {} : countsOf(result));
  const structured: SqlOutput = { ...countsOf(result), operation: 'success', ...messagesOf(result) };
  return new ToolOutput(structured, JSON.stringify(structured));
}

function countsOf({ affectedRows }: WriteResult): { affected_rows: number; per_statement?: number[] } {
  return {
    affected_rows: affectedRows.reduce((sum, n) => sum + n, 0),
    ...(affectedRows.length > 1 ? { per_statement: [...affectedRows] } : {}),
  };
}

function messagesOf({ messages }: WriteResult): { messages?: string[] } {
  return messages.length === 0 ? {} : { messages: [...messages] };
}

function questionText(statement: string, counts: readonly number[]): string {
  const total = counts.reduce((sum, n) => sum + n, 0);
  return `This statement changes ${total} ${total === 1 ? 'row' : 'rows'}:\n\n${shownStatement(statement)}\n\nRun it?`;
}

function changedMeanwhile(): AppError {
  return new AppError(
    'CANCELLED',
    'The statement now affects another number of rows than before, so nothing was changed.',
    {
      hint: 'Make the statement more specific, or try again.',
    },
  );
}
