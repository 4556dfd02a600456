import { bindExpression } from '../../engine/binder/bind-expression.ts';
import type { Scope } from '../../engine/binder/scope.ts';
import type { BoundExpression } from '../../engine/contracts.ts';
import { assignmentConverter, type Converter } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { Frame } from '../frame.ts';
import { assignVariable } from '../variables.ts';
import { fullName } from './full-name.ts';
import type { TableRules } from './table-rules.ts';
import { invalidColumn, refuseDuplicates, requireWritable } from './target-columns.ts';

interface Assignment {
  /** -1 for a variable alone. */
  readonly ordinal: number;
  /** Undefined: DEFAULT. */
  readonly value: BoundExpression | undefined;
  readonly convert: Converter;
  readonly type: SqlType;
  readonly variable: string | undefined;
}

/** SET of UPDATE and of MERGE's UPDATE. */
export class SetClauses {
  private readonly assignments: readonly Assignment[];
  readonly table: MemoryTable;
  readonly ordinals: readonly number[];

  constructor(
    clauses: readonly ast.SetClause[],
    scope: Scope,
    database: Database,
    table: MemoryTable,
    columnOf: (name: string) => number,
  ) {
    this.table = table;
    const name = fullName(database, table);
    const outer = scope.clause;
    scope.clause = 'set';
    this.assignments = clauses.map(clause => {
      if (clause.kind === 'variable') {
        const value = bindExpression(clause.value, scope);
        return { ordinal: -1, value, convert: v => v, type: value.type, variable: clause.variable };
      }
      const written = clause.column[clause.column.length - 1]!;
      const ordinal = columnOf(written);
      const column = table.columns[ordinal];
      if (!column) throw invalidColumn(written);
      requireWritable(column, 'UPDATE');
      if (clause.value.kind === 'default') {
        return { ordinal, value: undefined, convert: v => v, type: column.type, variable: clause.variable };
      }
      const value = bindExpression(clause.value, scope);
      const convert = assignmentConverter(value.type, column.type, { table: name, column: column.name });
      return { ordinal, value, convert, type: column.type, variable: clause.variable };
    });
    scope.clause = outer;
    this.ordinals = this.assignments.flatMap(({ ordinal }) => (ordinal < 0 ? [] : [ordinal]));
    refuseDuplicates(this.ordinals, table.columns);
    if (this.assignments.length === 0) throw new SqlError(102, "Incorrect syntax near 'SET'.", 15);
  }

  get setsVariables(): readonly string[] {
    return this.assignments.flatMap(({ variable }) => (variable === undefined ? [] : [variable]));
  }

  /** The new values of a row; `row` is the matching row of FROM. */
  apply(before: readonly Value[], row: readonly Value[], rules: TableRules, frame: Frame): Value[] {
    const values = [...before];
    const env = { row, outer: null };
    for (const { ordinal, value, convert, type, variable } of this.assignments) {
      const given = value ? value.evaluate(env) : rules.defaults[ordinal]!();
      const converted = given === null ? null : convert(given);
      if (ordinal >= 0) values[ordinal] = converted;
      if (variable !== undefined) assignVariable(frame, variable, type, converted);
    }
    return values;
  }
}
