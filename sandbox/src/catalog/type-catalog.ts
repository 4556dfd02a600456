import type { SqlType } from '../engine/sql-type.ts';
import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import { COLLATION } from './view.ts';

/** The columns that describe a type in sys.columns, sys.types and sys.parameters. */
export interface TypeFacts {
  readonly systemTypeId: number;
  readonly userTypeId: number;
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
  readonly collation: string | null;
}

export const SYSNAME_USER_TYPE_ID = 256;

export function typeFacts(type: SqlType, session: CatalogSession, userTypeName?: string): TypeFacts {
  const { precision, scale } = t.precisionScale(type);
  return {
    systemTypeId: t.systemTypeId(type),
    userTypeId: aliasId(session, userTypeName) ?? t.userTypeId(type),
    maxLength: t.maxLengthBytes(type),
    precision,
    scale,
    collation: t.isString(type) ? (type.collation ?? COLLATION) : null,
  };
}

function aliasId(session: CatalogSession, name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  if (name.toLowerCase() === 'sysname') return SYSNAME_USER_TYPE_ID;
  const dot = name.indexOf('.');
  const [schema, plain] = dot < 0 ? ['dbo', name] : [name.slice(0, dot), name.slice(dot + 1)];
  return session.database.type(schema, plain)?.userTypeId;
}

/** The facets with which sys.types shows a built-in type: its largest. */
export function largest(name: SqlType['name']): SqlType {
  switch (name) {
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return { name, length: 8000 };
    case 'nchar':
    case 'nvarchar':
      return { name, length: 4000 };
    case 'decimal':
    case 'numeric':
      return { name, precision: 38, scale: 38 };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: 7 };
    default:
      return { name };
  }
}
