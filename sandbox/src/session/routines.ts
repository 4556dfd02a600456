import type { Steps } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import type { FunctionDefinition, ModuleParameter, ProcedureDefinition } from '../storage/table.ts';
import { RowLocked } from '../storage/transaction.ts';
import { createTableVariable } from './ddl/create-table.ts';
import { Raised, withOrigin } from './errors.ts';
import { Frame, type ModuleIdentity } from './frame.ts';
import { impersonateUser } from './impersonation.ts';
import {
  convertArgument,
  missingParameter,
  type CallArgument,
  type ProcedureCall,
} from './procedures/procedure-call.ts';
import type { SessionState, TransactionScope } from './session-state.ts';
import { NO_RESULTS } from './sinks.ts';
import { declareTableParameter } from './table-types.ts';

const MAX_NESTING = 32;

export function checkNesting(frame: Frame): void {
  if (frame.depth < MAX_NESTING) return;
  throw new SqlError(217, 'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).');
}

/** Runs a user procedure to its return status. */
export function* callProcedure(call: ProcedureCall, procedure: ProcedureDefinition): Steps<number> {
  const { session } = call;
  checkNesting(call.frame);
  const frame = new Frame({
    kind: 'procedure',
    text: procedure.definition,
    sink: call.sink,
    parent: call.frame,
    module: moduleOf(session, procedure),
  });
  const outputs = bindParameters(frame, procedure, call);
  const options = session.options.copy();
  const before = session.transactions.count;
  const user = procedure.executeAs === undefined ? undefined : session.database.security.byId(procedure.executeAs);
  if (user) impersonateUser(session, session.database, user, frame);
  let status: number;
  try {
    status = yield* session.runFrame(frame, procedure.body);
  } finally {
    // SET options that a procedure changes end with it.
    session.options.restore(options);
    session.planVersion++;
  }
  for (const { argument, parameter } of outputs) {
    argument.assign?.(frame.variable(parameter.name)!.value, parameter.type);
  }
  checkTransactionCount(session, before);
  return status;
}

/** Error 266: a procedure must leave as many transactions as it found. */
export function checkTransactionCount(session: TransactionScope, before: number): void {
  const after = session.transactions.count;
  if (before === after) return;
  const mismatch = new SqlError(
    266,
    `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${after}.`,
    16,
    2,
  );
  // SET XACT_ABORT does not apply to this error.
  throw withOrigin(mismatch, 'raiserror');
}

function bindParameters(
  frame: Frame,
  procedure: ProcedureDefinition,
  call: ProcedureCall,
): { argument: CallArgument; parameter: ModuleParameter }[] {
  const { session } = call;
  const { parameters, name } = procedure;
  const given = new Map<ModuleParameter, CallArgument>();
  let named = false;
  call.args.forEach((argument, position) => {
    if (argument.name !== '') named = true;
    else if (named) {
      throw new SqlError(
        119,
        `Must pass parameter number ${position + 1} and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.`,
        15,
      );
    }
    const wanted = argument.name.toLowerCase();
    const parameter =
      argument.name === ''
        ? parameters[position]
        : parameters.find(candidate => candidate.name.toLowerCase() === wanted);
    if (!parameter) {
      if (parameters.length === 0)
        throw new SqlError(8146, `Procedure ${name} has no parameters and arguments were supplied.`, 16, 2);
      if (argument.name === '')
        throw new SqlError(8144, `Procedure or function ${name} has too many arguments specified.`, 16, 2);
      throw new SqlError(8145, `${argument.name} is not a parameter for procedure ${name}.`);
    }
    if (given.has(parameter)) throw new SqlError(8143, `Parameter '${parameter.name}' was supplied multiple times.`);
    if (argument.assign && !parameter.output) {
      throw new SqlError(
        8162,
        `The formal parameter "${parameter.name}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`,
        16,
        2,
      );
    }
    given.set(parameter, argument);
  });
  const outputs: { argument: CallArgument; parameter: ModuleParameter }[] = [];
  for (const parameter of parameters) {
    const argument = given.get(parameter);
    if (parameter.tableType !== undefined) {
      const { tableType } = parameter;
      if (argument && !argument.table && !argument.useDefault)
        throw new SqlError(206, `Operand type clash: ${argument.type.name} is incompatible with ${tableType}`, 16, 2);
      declareTableParameter(session, frame, { name: parameter.name, tableType }, argument?.table);
      continue;
    }
    frame.declare(parameter.name, parameter.type, valueFor(parameter, argument, name));
    if (argument?.assign) outputs.push({ argument, parameter });
  }
  return outputs;
}

function valueFor(parameter: ModuleParameter, argument: CallArgument | undefined, procedure: string): Value {
  if (argument && !argument.useDefault) {
    return convertArgument(argument, parameter.type);
  }
  if (!parameter.hasDefault) throw missingParameter(procedure, parameter.name);
  return parameter.default;
}

export function callScalarFunction(
  session: SessionState,
  definition: FunctionDefinition,
  args: readonly Value[],
): Value {
  const frame = functionFrame(session, definition, args);
  return runToEnd(session, frame, definition);
}

/** Runs a multi-statement function; its rows are those of the table variable it returns. */
export function callTableFunction(
  session: SessionState,
  definition: FunctionDefinition,
  args: readonly Value[],
): Iterable<readonly Value[]> {
  const frame = functionFrame(session, definition, args);
  const table = createTableVariable(session, frame, definition.resultVariable!, definition.resultTable!);
  frame.tableVariables.set(definition.resultVariable!.toLowerCase(), table);
  runToEnd(session, frame, definition);
  return [...table.scan()].map(row => row.values);
}

function functionFrame(session: SessionState, definition: FunctionDefinition, args: readonly Value[]): Frame {
  checkNesting(session.frame);
  const frame = new Frame({
    kind: 'function',
    text: definition.definition,
    sink: NO_RESULTS,
    parent: session.frame,
    module: moduleOf(session, definition),
    returns: definition.returns,
  });
  definition.parameters.forEach((parameter, i) => {
    const value = args[i];
    frame.declare(parameter.name, parameter.type, value === undefined ? parameter.default : value);
  });
  return frame;
}

/** A function runs within the calling statement: without pauses, and the calling statement waits for locks. */
function runToEnd(session: SessionState, frame: Frame, definition: FunctionDefinition): Value {
  const { rowCount, lastError, statementNumber } = session;
  const { statementTime } = session;
  const steps = session.runFrame(frame, definition.body!);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return frame.result;
      if (typeof step.value === 'object' && !step.value.ready()) throw new RowLocked([]);
    }
  } catch (error) {
    // The error counts as one of the calling statement.
    throw error instanceof Raised ? error.error : error;
  } finally {
    session.rowCount = rowCount;
    session.lastError = lastError;
    session.statementTime = statementTime;
    session.statementNumber = statementNumber;
  }
}

const moduleOf = (
  session: SessionState,
  module: { objectId: number; schema: string; name: string },
): ModuleIdentity => ({
  objectId: module.objectId,
  schema: module.schema,
  name: module.name,
  ownerId: session.database.schema(module.schema)?.principalId ?? 1,
});
