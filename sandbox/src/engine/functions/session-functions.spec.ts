import { NULL, errorOf, evaluate, literal, n, s, shown, cast, d, testContext } from '../testing/bound-values.ts';
import { INT, SQL_VARIANT, decimal, describeType } from '../types.ts';
import type { FunctionArgument, FunctionContext, MetadataFacts, SessionFacts } from './context.ts';
import { bindScalarFunction } from './registry.ts';
import { bindSystemVariable } from './system-variables.ts';

/** What the session and the catalog answer in these tests. */
function contextWith(session: Partial<SessionFacts>, metadata: Partial<MetadataFacts> = {}): FunctionContext {
  const base = testContext();
  const over = <T extends object>(target: T, own: Partial<T>): T =>
    new Proxy(target, {
      get: (t, key) => (own as Record<PropertyKey, unknown>)[key] ?? (t as Record<PropertyKey, unknown>)[key],
    });
  return { ...base, session: over(base.session, session), metadata: over(base.metadata, metadata) };
}

function ask(context: FunctionContext, name: string, ...args: readonly FunctionArgument[]): string {
  const bound = bindScalarFunction(name, args, context);
  if (!bound) throw new Error(`no built-in ${name}`);
  return shown(bound);
}

describe('session functions', () => {
  it('answer from the session when the statement runs, not when it is bound', () => {
    let user = 'dbo';
    const bound = bindScalarFunction('USER_NAME', [], contextWith({ userName: () => user }));
    expect(bound?.literal).toBeUndefined();
    user = 'reader';
    expect(bound && evaluate(bound)).toBe('reader');
  });

  it('SESSION_CONTEXT returns sql_variant and requires a text key', () => {
    const context = testContext();
    expect(ask(context, 'SESSION_CONTEXT', s('tenant'))).toBe('7');
    expect(ask(context, 'SESSION_CONTEXT', s('nothing'))).toBe('NULL');
    expect(bindScalarFunction('SESSION_CONTEXT', [s('tenant')], context)?.type).toBe(SQL_VARIANT);
    expect(errorOf(() => ask(context, 'SESSION_CONTEXT', n(1))).number).toBe(8116);
  });

  it('ERROR_ functions are NULL outside CATCH', () => {
    const caught = {
      number: 8134,
      state: 1,
      severity: 16,
      message: 'Divide by zero error encountered.',
      line: 3,
      procedure: '',
    };
    const inside = contextWith({ caughtError: () => caught });
    expect(ask(contextWith({ caughtError: () => null }), 'ERROR_NUMBER')).toBe('NULL');
    expect(
      ['ERROR_NUMBER', 'ERROR_MESSAGE', 'ERROR_SEVERITY', 'ERROR_STATE', 'ERROR_LINE', 'ERROR_PROCEDURE'].map(f =>
        ask(inside, f),
      ),
    ).toEqual(['8134', 'Divide by zero error encountered.', '16', '1', '3', 'NULL']);
  });

  it('SCOPE_IDENTITY is decimal(38,0)', () => {
    const context = contextWith({ scopeIdentity: () => 42n });
    expect(ask(context, 'SCOPE_IDENTITY')).toBe('42');
    expect(describeType(bindScalarFunction('SCOPE_IDENTITY', [], context)?.type ?? INT)).toBe('decimal(38,0)');
  });
});

describe('metadata functions', () => {
  const asked: unknown[][] = [];
  const context = contextWith(
    {},
    {
      objectId: (name, type) => (asked.push([name, type]), name === 'dbo.t' ? 100 : null),
      columnProperty: (id, column, property) => (id === 100 && column === 'a' && property === 'AllowsNull' ? 1 : null),
      hasPermission: (...args) => (asked.push(args), 1),
      serverProperty: name =>
        name === 'ProductVersion' ? { type: { name: 'nvarchar', length: 128 }, value: '16.0.4000.1' } : null,
    },
  );

  it('hand their arguments to the catalog', () => {
    expect(ask(context, 'OBJECT_ID', s('dbo.t'))).toBe('100');
    expect(ask(context, 'OBJECT_ID', s('dbo.u'), s('U'))).toBe('NULL');
    expect(ask(context, 'COLUMNPROPERTY', n(100), s('a'), s('AllowsNull'))).toBe('1');
    expect(asked).toEqual([
      ['dbo.t', undefined],
      ['dbo.u', 'U'],
    ]);
  });

  it('are NULL for NULL, except HAS_PERMS_BY_NAME, for which it means the server or database', () => {
    expect(ask(context, 'OBJECT_ID', NULL)).toBe('NULL');
    expect(ask(context, 'HAS_PERMS_BY_NAME', NULL, NULL, s('CONNECT'))).toBe('1');
    expect(asked.at(-1)).toEqual([null, null, 'CONNECT', null, null]);
  });

  it('SQL_VARIANT_PROPERTY describes the base type', () => {
    const value = cast(literal(150n, decimal(5, 2)), SQL_VARIANT);
    expect(
      ['BaseType', 'Precision', 'Scale', 'MaxLength', 'Nonsense'].map(p =>
        ask(context, 'SQL_VARIANT_PROPERTY', value, s(p)),
      ),
    ).toEqual(['decimal', '5', '2', '5', 'NULL']);
    expect(ask(context, 'SQL_VARIANT_PROPERTY', d('1.5'), s('BaseType'))).toBe('numeric');
  });
});

describe('system variables', () => {
  it('answer from the session', () => {
    const context = contextWith({ transactionCount: () => 2 }, { serverProperty: () => ({ type: INT, value: 16 }) });
    const read = (name: string): unknown => {
      const bound = bindSystemVariable(name, context);
      return bound && evaluate(bound);
    };
    expect(read('@@ROWCOUNT')).toBe(3);
    expect(read('@@trancount')).toBe(2);
    expect(read('@@VERSION')).toMatch(/^Microsoft SQL Server 2022/);
    expect(read('@@NOSUCH')).toBeUndefined();
    expect(errorOf(() => read('@@FETCH_STATUS')).number).toBe(50000);
  });
});
