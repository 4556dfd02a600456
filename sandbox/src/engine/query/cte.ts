import type * as ast from '../../parser/ast.ts';
import { isAggregate } from '../binder/bind-function.ts';
import { walk } from '../binder/expression-key.ts';
import { type CteDefinition, type CteEnvironment, Scope } from '../binder/scope.ts';
import type { Env } from '../contracts.ts';
import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import { isDecimal, isString, sameRepresentation } from '../types.ts';
import { compileBody, compileInner } from './compile-body.ts';
import type { InnerQuery, OutputColumn } from './inner-query.ts';
import { DEFAULT_MAX_RECURSION, runRecursion, WorkingRows, type RecursiveMember } from './recursion.ts';

/** WITH a AS (…), b AS (…): each sees those before it, and itself when it is recursive. */
export function defineCtes(
  ctes: readonly ast.CommonTableExpression[],
  scope: Pick<Scope, 'context' | 'ctes' | 'parent'>,
  maximumRecursion: number | undefined,
): CteEnvironment | undefined {
  let environment = scope.ctes;
  const names = new Set<string>();
  for (const cte of ctes) {
    const key = cte.name.toLowerCase();
    if (names.has(key))
      throw new SqlError(239, `Duplicate common table expression name '${cte.name}' was specified.`, 16, 1, cte.line);
    names.add(key);
    const definition: CteDefinition = {
      name: cte.name,
      columnNames: cte.columns,
      query: cte.query,
      environment,
      recursive: refersTo(cte.query, key),
      maximumRecursion: maximumRecursion ?? DEFAULT_MAX_RECURSION,
      parent: scope.parent,
      context: scope.context,
    };
    environment = { definition, next: environment };
  }
  return environment;
}

function refersTo(node: unknown, name: string): boolean {
  let found = false;
  walk(node, at => {
    if (at.kind === 'table') {
      const parts = (at as ast.NamedTable).name;
      if (parts.length === 1 && parts[0]!.toLowerCase() === name) found = true;
    }
    return !found;
  });
  return found;
}

/** One reference to a common table expression. */
export function compileCte(cte: CteDefinition, scope: Scope, identity: boolean): InnerQuery {
  if (cte.working) {
    const { rows, columns } = cte.working;
    return {
      columns: columns.map(column => ({ ...column, table: null, json: false })),
      // Its rows differ in each round.
      correlated: true,
      run: () => rows.open(scope.compilation),
    };
  }
  // The parameters of an inline function are that many queries further out.
  let hops = 0;
  for (let at = scope.parent; at && at !== cte.parent; at = at.parent) hops++;
  const climb = (outer: Env | null): Env | null => {
    let at = cte.parent ? outer : null;
    for (let k = 0; k < hops && at; k++) at = at.outer;
    return at;
  };
  const compiled = cte.recursive
    ? compileRecursive(cte, scope)
    : compileInner(
        cte.query,
        cte.context,
        cte.parent,
        { nested: true, single: true, identity },
        scope.compilation,
        cte.environment,
      );
  if (compiled.correlated)
    for (let at: Scope | undefined = scope; at && at !== cte.parent; at = at.parent) at.correlated = true;
  return { ...compiled, run: outer => compiled.run(climb(outer)) };
}

function compileRecursive(cte: CteDefinition, scope: Scope): InnerQuery {
  const { compilation } = scope;
  const name = cte.name.toLowerCase();
  const members = unionMembers(cte.query.body);
  const recursive = members.filter(member => refersTo(member, name));
  const anchors = members.filter(member => !refersTo(member, name));
  if (cte.query.body.kind !== 'set operation' || recursive.includes(cte.query.body)) {
    throw new SqlError(
      252,
      `Recursive common table expression '${cte.name}' does not contain a top-level UNION ALL operator.`,
    );
  }
  if (anchors.length === 0)
    throw new SqlError(246, `No anchor member was specified for recursive query "${cte.name}".`);
  const [first, ...others] = anchors;
  const anchorBody = others.reduce<ast.QueryBody>(
    (left, right) => ({ kind: 'set operation', line: right.line, operator: 'union all', left, right }),
    first!,
  );
  const options = { nested: true, single: true };
  const anchor = compileBody(anchorBody, [], cte.context, cte.parent, options, compilation, cte.environment);
  const columns: OutputColumn[] = anchor.columns.map((column, i) => ({
    ...column,
    name: cte.columnNames?.[i] ?? column.name,
    nullable: true,
    identity: false,
    base: undefined,
  }));
  const bound = recursive.map((member): RecursiveMember => {
    const rows = new WorkingRows();
    const working = {
      rows,
      columns: columns.map(column => ({ name: column.name ?? '', type: column.type, nullable: true })),
    };
    const environment: CteEnvironment = { definition: { ...cte, working }, next: cte.environment };
    checkRecursiveMember(member, name, cte.name);
    const compiled = compileBody(member, [], cte.context, cte.parent, options, compilation, environment);
    if (compiled.columns.length !== columns.length) throw columnCounts();
    const converters = compiled.columns.map((column, i) => {
      checkTypes(column, columns[i]!, cte.name);
      return sameRepresentation(column.type, columns[i]!.type)
        ? undefined
        : converter(column.type, columns[i]!.type, { implicit: true });
    });
    return { working: rows, converters, run: outer => compiled.run(outer) };
  });
  const plan = { anchor: (outer: Env | null) => anchor.run(outer), members: bound, maximum: cte.maximumRecursion };
  return {
    columns,
    correlated: cte.parent !== undefined,
    run: outer => runRecursion(plan, outer, compilation),
  };
}

export const columnCounts = (): SqlError =>
  new SqlError(
    205,
    'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
  );

function unionMembers(body: ast.QueryBody): ast.QueryBody[] {
  if (body.kind === 'set operation' && body.operator === 'union all')
    return [...unionMembers(body.left), ...unionMembers(body.right)];
  return [body];
}

/** Refuses constructs that a recursive member must not contain. */
function checkRecursiveMember(member: ast.QueryBody, name: string, shown: string): void {
  if (member.kind !== 'select')
    throw new SqlError(
      252,
      `Recursive common table expression '${shown}' does not contain a top-level UNION ALL operator.`,
    );
  if (member.distinct)
    throw new SqlError(
      460,
      `DISTINCT operator is not allowed in the recursive part of a recursive common table expression '${shown}'.`,
    );
  if (member.top)
    throw new SqlError(
      461,
      `The TOP or OFFSET operator is not allowed in the recursive part of a recursive common table expression '${shown}'.`,
    );
  if (member.groupBy || member.having || hasAggregate(member.items)) {
    throw new SqlError(
      467,
      `GROUP BY, HAVING, or aggregate functions are not allowed in the recursive part of a recursive common table expression '${shown}'.`,
    );
  }
  let references = 0;
  walk(member.from, node => {
    if (
      node.kind === 'table' &&
      (node as ast.NamedTable).name.length === 1 &&
      (node as ast.NamedTable).name[0]!.toLowerCase() === name
    )
      references++;
    if (node.kind === 'join') {
      const join = node as ast.Join;
      const outerSide =
        join.type === 'left' ? join.right : join.type === 'right' ? join.left : join.type === 'full' ? join : undefined;
      if (outerSide && refersTo(outerSide, name)) {
        throw new SqlError(
          462,
          `Outer join is not allowed in the recursive part of a recursive common table expression '${shown}'.`,
        );
      }
    }
    return true;
  });
  if (refersTo([member.where, member.items], name))
    throw new SqlError(465, `Recursive references are not allowed in subqueries.`);
  if (references > 1)
    throw new SqlError(
      253,
      `Recursive member of a common table expression '${shown}' has multiple recursive references.`,
    );
}

function hasAggregate(items: readonly ast.SelectItem[]): boolean {
  let found = false;
  walk(items, node => {
    if (node.kind === 'function' && isAggregate(node as ast.FunctionCall)) found = true;
    return !found && node.kind !== 'query';
  });
  return found;
}

function checkTypes(column: OutputColumn, anchor: OutputColumn, name: string): void {
  const a = anchor.type;
  const b = column.type;
  const differ =
    a.name !== b.name ||
    (isString(a) && a.length !== b.length) ||
    (isDecimal(a) && (a.precision !== b.precision || a.scale !== b.scale));
  if (differ && !b.untypedNull) {
    throw new SqlError(
      240,
      `Types don't match between the anchor and the recursive part in column "${anchor.name ?? ''}" of recursive query "${name}".`,
    );
  }
}
