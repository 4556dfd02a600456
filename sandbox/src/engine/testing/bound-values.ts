import type { BoundExpression } from '../contracts.ts';
import { castExpression, toDisplayString } from '../convert.ts';
import { ticksFromUnixMilliseconds } from '../dates.ts';
import type { FunctionArgument, FunctionContext } from '../functions/context.ts';
import { bindScalarFunction } from '../functions/registry.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { BIGINT, INT, UNTYPED_NULL, numeric, nvarchar, varchar } from '../types.ts';

/** Builders for tests of the value layer: literals as the binder makes them, and calls of built-in functions. */
export const literal = (value: Value, type: SqlType): BoundExpression => ({
  type,
  evaluate: () => value,
  literal: { value },
});
export const NULL = literal(null, UNTYPED_NULL);
export const n = (value: number): BoundExpression => literal(value, INT);
export const big = (value: bigint): BoundExpression => literal(value, BIGINT);
export const s = (text: string): BoundExpression => literal(text, varchar(Math.max(1, text.length)));
export const ns = (text: string): BoundExpression => literal(text, nvarchar(Math.max(1, text.length)));
/** A decimal literal, typed by its digits. */
export function d(text: string): BoundExpression {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const digits = whole.replace(/^0+/, '').length + fraction.length;
  return literal(BigInt(text.replace('.', '')), numeric(Math.max(1, digits, fraction.length), fraction.length));
}
/** An expression of that type whose value isn't known when it is bound. */
export const column = (value: Value, type: SqlType): BoundExpression => ({ type, evaluate: () => value });
export const cast = (x: BoundExpression, type: SqlType, style?: number): BoundExpression =>
  castExpression(x, type, { style });
export const kw = (keyword: string): FunctionArgument => ({ keyword });

function unexpected(): never {
  throw new Error('not expected in this test');
}

export interface TestSettings {
  dateFirst: number;
  statement: number;
}

/** A context for pure functions; its catalog functions throw. */
export function testContext(settings: Partial<TestSettings> = {}): FunctionContext {
  let seed = 0.123;
  const session = {
    spid: 51,
    dateFirst: () => settings.dateFirst ?? 7,
    userName: () => 'dbo',
    loginName: () => 'sa',
    databaseName: () => 'sandbox',
    rowCount: () => 3n,
    lastError: () => 0,
    caughtError: () => null,
    random: (given?: number) => (seed = given === undefined ? (seed * 997) % 1 : (given % 1000) / 1000),
    newId: () => '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    sessionContext: (key: string) => (key === 'tenant' ? { type: INT, value: 7 } : null),
  };
  const trap = { get: (target: object, name: string) => (target as Record<string, unknown>)[name] ?? unexpected };
  return {
    statementTime: () => ticksFromUnixMilliseconds(Date.UTC(2024, 1, 29, 13, 14, 15)) + 1234567n,
    statementNumber: () => settings.statement ?? 1,
    session: new Proxy(session, trap) as unknown as FunctionContext['session'],
    metadata: new Proxy({}, trap) as FunctionContext['metadata'],
  };
}

export function bind(name: string, ...args: readonly FunctionArgument[]): BoundExpression {
  const bound = bindScalarFunction(name, args, testContext());
  if (!bound) throw new Error(`no built-in ${name}`);
  return bound;
}

export const evaluate = (x: BoundExpression): Value => x.evaluate({ row: [], outer: null });
/** The value as text, as CAST AS nvarchar(max) gives it. */
export const shown = (x: BoundExpression): string => toDisplayString(evaluate(x), x.type);
export const call = (name: string, ...args: readonly FunctionArgument[]): string => shown(bind(name, ...args));

/** Number and text of the SqlError that binding or evaluating raises. */
export function errorOf(run: () => unknown): { number: number; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof SqlError) return { number: error.number, message: error.message };
    throw error;
  }
  throw new Error('no error was raised');
}
