import type { ResultSink, Steps } from '../../engine/contracts.ts';
import { converter } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';

/** An argument as the caller gave it. */
export interface CallArgument {
  /** With its @; empty when given by position. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: Value;
  /** Given as OUTPUT: takes the parameter's last value. */
  readonly assign?: (value: Value, type: SqlType) => void;
  /** Given as DEFAULT. */
  readonly useDefault?: boolean;
  /** A table-valued argument. */
  readonly table?: MemoryTable;
}

export interface ProcedureCall {
  readonly session: SessionState;
  /** The caller's frame. */
  readonly frame: Frame;
  readonly sink: ResultSink;
  readonly name: string;
  /** The database in front of the procedure's name. */
  readonly database?: Database;
  readonly args: readonly CallArgument[];
  readonly line: number;
}

/** Runs to the return status. */
export type BuiltInProcedure = (call: ProcedureCall) => Steps<number>;

export interface FormalParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly required?: boolean;
}

/** Matches the arguments of a system procedure with its parameters and converts them; null where none was given. */
export function matchArguments(call: ProcedureCall, formals: readonly FormalParameter[]): Value[] {
  const values: (Value | undefined)[] = formals.map(() => undefined);
  call.args.forEach((argument, position) => {
    const at =
      argument.name === ''
        ? position
        : formals.findIndex(formal => formal.name.toLowerCase() === argument.name.toLowerCase());
    const formal = formals[at];
    if (!formal) {
      if (argument.name === '')
        throw new SqlError(8144, `Procedure or function ${call.name} has too many arguments specified.`, 16, 2);
      throw new SqlError(8145, `${argument.name} is not a parameter for procedure ${call.name}.`, 16, 1);
    }
    if (!argument.useDefault) values[at] = convertArgument(argument, formal.type);
  });
  return formals.map((formal, at) => {
    const value = values[at];
    if (value === undefined && formal.required) throw missingParameter(call.name, formal.name);
    return value ?? null;
  });
}

export const missingParameter = (procedure: string, parameter: string): SqlError =>
  new SqlError(
    201,
    `Procedure or function '${procedure}' expects parameter '${parameter}', which was not supplied.`,
    16,
    4,
  );

/** Converts an argument to the type of the parameter. A failure is error 8114 here, whatever it is elsewhere. */
export function convertArgument(argument: Pick<CallArgument, 'type' | 'value'>, type: SqlType): Value {
  if (argument.value === null) return null;
  try {
    return converter(argument.type, type, { implicit: true })(argument.value);
  } catch (error) {
    if (!(error instanceof SqlError) || !CONVERSION_ERRORS.has(error.number)) throw error;
    throw new SqlError(8114, `Error converting data type ${argument.type.name} to ${type.name}.`, 16, 5);
  }
}

const CONVERSION_ERRORS = new Set([241, 244, 245, 248, 8114, 8169]);
