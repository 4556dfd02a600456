import { SqlError } from '../engine/sql-error.ts';
import type * as ast from '../parser/ast.ts';
import type { Frame } from './frame.ts';

interface Names {
  readonly scalars: Set<string>;
  readonly tables: Set<string>;
  readonly readOnly: ReadonlySet<string>;
}

/** Statements with a scope of their own: their names are checked when they are created. */
const OWN_SCOPE = new Set(['create procedure', 'create function', 'create view']);

/**
 * Variables must be declared before they are used, in the order of the text whatever the control flow does; SQL
 * Server checks this before it runs the first statement (errors 137, 1087, 134).
 */
export function checkDeclarations(statements: readonly ast.Statement[], frame: Frame): void {
  const names: Names = {
    scalars: new Set(frame.variables.keys()),
    tables: new Set(frame.tableVariables.keys()),
    readOnly: frame.readOnlyTables,
  };
  const given = `${[...names.scalars].join()}|${[...names.tables].join()}`;
  if (sound.get(statements) === given) return;
  for (const statement of statements) visit(statement, names, statement.line);
  sound.set(statements, given);
}

/** The outer variables with which a batch was checked: a batch that runs again is not checked again. */
const sound = new WeakMap<readonly ast.Statement[], string>();

function visit(node: unknown, names: Names, line: number): void {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, names, line);
    return;
  }
  const { kind, line: ownLine } = node as { kind?: unknown; line?: unknown };
  const here = typeof ownLine === 'number' ? ownLine : line;
  if (typeof kind === 'string' && OWN_SCOPE.has(kind)) return;
  if (kind === 'declare') {
    const { variables } = node as ast.Declare;
    // The variables of one DECLARE cannot refer to each other.
    for (const variable of variables) if (variable.kind === 'scalar') visit(variable.value, names, here);
    for (const variable of variables) declare(variable, names, here);
    return;
  }
  if (kind === 'variable' && 'name' in node) use((node as ast.VariableReference).name, names, here);
  if (kind === 'table' && 'hints' in node) useTable((node as ast.NamedTable).name, names, here);
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'variable' || key === 'returnVariable') && typeof value === 'string') use(value, names, here);
    else if (key === 'target' && isDmlTarget(value)) changeTable(value.name, names, here);
    else if (key === 'into' && Array.isArray(value)) useTable(value as readonly string[], names, here);
    else if (key !== 'line' && key !== 'type') visit(value, names, here);
  }
}

const isDmlTarget = (value: unknown): value is ast.DmlTarget =>
  typeof value === 'object' && value !== null && 'hints' in value && 'name' in value;

function declare(variable: ast.DeclaredVariable, names: Names, line: number): void {
  const key = variable.name.toLowerCase();
  if (names.scalars.has(key) || names.tables.has(key)) {
    throw new SqlError(
      134,
      `The variable name '${variable.name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
      15,
      2,
      line,
    );
  }
  (variable.kind === 'scalar' ? names.scalars : names.tables).add(key);
  // The type may be a table type; only the database knows.
  if (variable.kind === 'scalar' && variable.type.parts.length > 1) names.tables.add(key);
}

function use(name: string, names: Names, line: number): void {
  const key = name.toLowerCase();
  if (key.startsWith('@@') || names.scalars.has(key) || names.tables.has(key)) return;
  throw undeclared(name, line);
}

function changeTable(name: readonly string[], names: Names, line: number): void {
  const last = name[name.length - 1]!;
  if (names.readOnly.has(last.toLowerCase())) {
    throw new SqlError(10700, `The table-valued parameter "${last}" is READONLY and cannot be modified.`, 16, 1, line);
  }
  useTable(name, names, line);
}

function useTable(name: readonly string[], names: Names, line: number): void {
  const last = name[name.length - 1]!;
  if (name.length !== 1 || !last.startsWith('@') || names.tables.has(last.toLowerCase())) return;
  throw new SqlError(1087, `Must declare the table variable "${last}".`, 15, 2, line);
}

export const undeclared = (name: string, line?: number): SqlError =>
  new SqlError(137, `Must declare the scalar variable "${name}".`, 15, 2, line);
