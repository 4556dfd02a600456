import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import { readParameterType } from '../../database/driver/parameter-types.js';
import type { QueryResult } from '../../database/driver/result-set.js';
import { tableParameter, type TableRow } from '../../database/driver/table-parameter.js';
import { moduleCall, type ModuleCall } from '../../database/policy/modules/module-call.js';
import type { AdmittedStatement } from '../../database/policy/admitted-statement.js';
import { StatementPolicy } from '../../database/policy/statement-policy.js';
import { QueryService } from '../../database/query/query.service.js';
import { CONFIRM_TOKEN } from '../../knowledge/proof/procedure-prover.js';
import type { ProvedProcedure } from '../../knowledge/proof/proof.types.js';
import { assertAgreed, confirmationOf } from '../builtin/confirmation.js';
import { ConfirmTokens } from '../builtin/confirm-tokens.js';
import { CostQuestion } from '../builtin/cost-question.js';
import { statementBinding } from '../builtin/statement-cursor.js';
import type { SqlOutput } from '../results/result-schemas.js';
import { type ResultExtras, ResultText } from '../results/result-text.js';
import { type ToolCall, ToolOutput } from '../tool.js';
import { givenNames, hasOwnFormat, type ProcedureInput } from './procedure-tool.js';

const SHOWN_VALUES = 2_000;
/** The bytes that are reserved for an OUTPUT value of a type without a length. */
const SHORT_OUTPUT = 200;
const STOPPED =
  'The procedure was stopped at the limit of rows, so its return value is not known. Ask for fewer rows, if it has a parameter for that.';

/** A call that is ready to run. */
interface PreparedCall {
  readonly procedure: ProvedProcedure;
  readonly call: ToolCall;
  readonly shown: string;
  readonly statement: AdmittedStatement;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly typed: readonly ReturnType<typeof tableParameter>[];
  readonly format: ResultFormat;
}

/**
 * Calls declared procedures and table functions. A call that only reads is always rolled back. Any other call runs once, after
 * the usual confirmation, in a transaction that is committed on success. There is no trial run, because a rollback may not
 * undo everything that a procedure does; so the person confirms the call and not a number of rows.
 */
@Injectable()
export class ProcedureCalls {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly queries: QueryService,
    private readonly tokens: ConfirmTokens,
    private readonly costs: CostQuestion,
  ) {}

  async run(procedure: ProvedProcedure, input: ProcedureInput, call: ToolCall): Promise<ToolOutput<SqlOutput>> {
    const { module } = procedure;
    const prepared = this.prepare(procedure, input, call);
    if (module.reading !== undefined) return this.read(prepared);
    const token = input[CONFIRM_TOKEN];
    if (typeof token === 'string') {
      await this.tokens.redeem(token, bindingOf(prepared));
      return this.write(prepared);
    }
    const confirmation = confirmationOf(call);
    switch (confirmation) {
      case 'none':
        return this.write(prepared);
      case 'form':
        await assertAgreed(call, 'confirm-procedure', questionOf(prepared));
        return this.write(prepared);
      case 'token':
        return this.offerToken(prepared);
      default:
        return confirmation satisfies never;
    }
  }

  private prepare(procedure: ProvedProcedure, input: ProcedureInput, call: ToolCall): PreparedCall {
    const { module } = procedure;
    const { shown, text, passed }: ModuleCall = moduleCall(module, givenNames(module, input));
    const scalars = passed.filter(({ table }) => table === undefined);
    return {
      procedure,
      call,
      shown,
      statement: this.policy.admitModule(module, { shown, text, passed }, call),
      parameters: Object.fromEntries(scalars.map(({ name, type }) => [name, { type, value: input[name] ?? null }])),
      typed: passed.flatMap(({ name, table }) =>
        table === undefined ? [] : [tableParameter(name, table, (input[name] ?? []) as readonly TableRow[])],
      ),
      format: hasOwnFormat(module)
        ? ((input['format'] as ResultFormat | undefined) ?? call.tenant.config.format)
        : call.tenant.config.format,
    };
  }

  private async read(prepared: PreparedCall): Promise<ToolOutput<SqlOutput>> {
    const { procedure, shown, statement, call, parameters, typed } = prepared;
    const text = textOf(prepared);
    const result = await this.costs.letPass(shown, call, allowed =>
      this.queries.read(statement, allowed, {
        parameters,
        typed,
        measureRow: text.measureRow,
        drain: procedure.module.parameters.some(({ output }) => output),
      }),
    );
    // A reading procedure changes only its own temporary tables, so the affected rows mean nothing to the caller.
    return outputOf(prepared, { ...result, affectedRows: [] }, text);
  }

  private async write(prepared: PreparedCall): Promise<ToolOutput<SqlOutput>> {
    const { statement, call, parameters, typed } = prepared;
    const text = textOf(prepared);
    const result = await this.queries.write(statement, call, { parameters, typed, measureRow: text.measureRow });
    return outputOf(prepared, result, text);
  }

  private async offerToken(prepared: PreparedCall): Promise<ToolOutput<SqlOutput>> {
    const structured: SqlOutput = {
      dry_run: true,
      confirm_token: await this.tokens.issue([], bindingOf(prepared)),
      note: 'The procedure did not run. Ask the person; if they agree, call again with the same arguments and confirm_token.',
    };
    return new ToolOutput(structured, JSON.stringify(structured));
  }
}

/** A token is valid for the same procedure with the same values. */
function bindingOf({ call, shown, parameters, typed }: PreparedCall): readonly string[] {
  const tables = typed.map(({ name, value }) => [name, (value as { readonly rows: unknown }).rows]);
  return statementBinding(call, shown, { ...parameters, ...Object.fromEntries(tables) });
}

function questionOf({ procedure: { definition }, shown, parameters, typed }: PreparedCall): string {
  const values = Object.entries(parameters).map(
    ([name, given]) => `${name} = ${JSON.stringify((given as { readonly value: unknown }).value)}`,
  );
  const tables = typed.map(
    ({ name, value }) => `${name}: ${(value as { readonly rows: readonly unknown[] }).rows.length} rows`,
  );
  const all = [...values, ...tables].join('\n');
  const cut = all.length > SHOWN_VALUES ? `${all.slice(0, SHOWN_VALUES)}…` : all;
  return `${definition.title}: this procedure may change data, and nobody can tell before how much.\n\n${shown}\n${cut}\n\nRun it?`;
}

function textOf({ procedure: { module }, format, call }: PreparedCall): ResultText {
  const { maxCellBytes, maxResultBytes } = call.tenant.config.limits;
  const bytes = module.parameters
    .filter(({ output }) => output)
    .map(({ name, type }) => {
      const read = readParameterType(type);
      const length = 'fault' in read ? undefined : read.length;
      return name.length + (length === undefined ? SHORT_OUTPUT : Math.min(length * 3, maxCellBytes));
    });
  return new ResultText(
    format,
    Math.min(
      bytes.reduce((sum, n) => sum + n, 0),
      maxResultBytes / 2,
    ),
  );
}

function outputOf(
  { procedure: { definition, module } }: PreparedCall,
  result: QueryResult,
  text: ResultText,
): ToolOutput<SqlOutput> {
  const { ending, resultSets, affectedRows, messages } = result;
  const { name, owner, verified_on } = definition;
  const extras: ResultExtras = {
    ...(owner === undefined
      ? {}
      : { definition: { name, owner, ...(verified_on === undefined ? {} : { verified_on }) } }),
    ...(ending === undefined || Object.keys(ending.output).length === 0 ? {} : { output: ending.output }),
    ...(typeof ending?.returnValue === 'number' ? { return_value: ending.returnValue } : {}),
    ...(ending === undefined && module.kind === 'procedure' ? { note: STOPPED } : {}),
  };
  const affected = affectedRows.reduce((sum, n) => sum + n, 0);
  if (resultSets.length > 0)
    return text.output(result, affectedRows.length === 0 ? extras : { ...extras, affected_rows: affected });
  const structured = {
    affected_rows: affected,
    operation: 'success' as const,
    ...extras,
    ...(extras.output === undefined ? {} : { untrusted: true }),
    ...(messages.length === 0 ? {} : { messages: [...messages] }),
  } as SqlOutput;
  return new ToolOutput(structured, JSON.stringify(structured));
}

/** Whether a call was refused because the procedure has changed since it was judged. */
export function hasChanged(error: unknown): boolean {
  return error instanceof AppError && error.details?.['rule'] === 'module-changed';
}
