import { SqlError } from '../engine/sql-error.ts';
import type { SqlType } from '../engine/sql-type.ts';
import { SYSNAME, typeFromName } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';

export interface ResolvedType {
  readonly type: SqlType;
  /** Set for an alias type. */
  readonly userTypeName?: string;
  /** The nullability of a column of an alias type without NULL or NOT NULL. */
  readonly nullable?: boolean;
}

const MAX = -1;

/** A type by its name: the built-in ones, sysname, and alias types of the database. Error 243 for others. */
export function resolveTypeName(
  name: ast.TypeName,
  database: Database,
  defaultSchema: string,
  defaultLength: number,
): ResolvedType {
  const { parts } = name;
  const last = parts[parts.length - 1] ?? name.name;
  const schema = parts.length > 1 ? parts[parts.length - 2]! : undefined;
  if (schema === undefined || schema.toLowerCase() === 'sys') {
    if (name.name === 'sysname') return { type: SYSNAME, userTypeName: 'sysname', nullable: false };
    const alias = schema === undefined ? (database.type(defaultSchema, last) ?? database.type('dbo', last)) : undefined;
    if (!alias?.base) {
      const args = name.args.map(arg => (arg === MAX ? 'max' : arg));
      return { type: typeFromName(name.name, args, last, defaultLength) };
    }
    return { type: alias.base, userTypeName: alias.name, nullable: alias.nullable };
  }
  const alias = database.type(schema, last);
  if (!alias?.base) throw new SqlError(243, `Type ${parts.join('.')} is not a defined system type.`);
  return { type: alias.base, userTypeName: alias.name, nullable: alias.nullable };
}

/** The same for columns, parameters and variables, where an unknown type is error 2715. */
export function resolveDeclaredType(
  name: ast.TypeName,
  database: Database,
  defaultSchema: string,
  position = 1,
): ResolvedType {
  try {
    return resolveTypeName(name, database, defaultSchema, 1);
  } catch (error) {
    if (!(error instanceof SqlError) || error.number !== 243) throw error;
    throw new SqlError(
      2715,
      `Column, parameter, or variable #${position}: Cannot find data type ${name.parts.join('.')}.`,
      16,
      3,
    );
  }
}
