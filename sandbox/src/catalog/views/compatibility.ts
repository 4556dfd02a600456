import type { Value } from '../../engine/sql-type.ts';
import { c, flag, view, type CatalogView, type ColumnSpec } from '../view.ts';
import {
  proceduresOf,
  rowsOf,
  sysColumns,
  sysObjects,
  trimmed,
  type FindView,
  type Row,
} from './compatibility-objects.ts';

/** syscomments has a row for each 4,000 characters. */
const PIECE = 4000;

function* piecesOf(id: Value, text: Value, number: number): Generator<Row> {
  if (typeof text !== 'string') return;
  for (let at = 0, colid = 1; at < text.length; at += PIECE, colid++)
    yield { id, number, colid, encrypted: 0, compressed: 0, text: text.slice(at, at + PIECE) };
}

/** Names the columns of a view that has some of a newer view under other names. */
function renamed(
  name: string,
  source: CatalogView,
  names: Readonly<Record<string, [string, ColumnSpec]>>,
): CatalogView {
  const columns = Object.fromEntries(Object.entries(names).map(([to, [, spec]]) => [to, spec]));
  return view(name, columns, function* (session) {
    for (const row of rowsOf(source, session))
      yield Object.fromEntries(Object.entries(names).map(([to, [from]]) => [to, row[from] ?? null]));
  });
}

/**
 * The system tables of SQL Server 2000, which are views of the newer catalog views (learn.microsoft.com: System
 * compatibility views). Of the columns "for informational purposes only" they have those whose values are known.
 */
export function compatibilityViews(find: FindView): readonly CatalogView[] {
  return [
    sysObjects(find),
    sysColumns(find),
    view(
      'sys.syscomments',
      {
        id: c.int,
        number: c.smallint,
        colid: c.smallint,
        encrypted: c.bit,
        compressed: c.bit,
        text: c.nvarchar(PIECE).orNull,
      },
      function* (session) {
        const procedures = proceduresOf(find, session);
        for (const name of ['sql_modules', 'check_constraints', 'default_constraints']) {
          for (const row of rowsOf(find(name), session)) {
            const id = row['object_id']!;
            yield* piecesOf(id, row['definition']!, flag(procedures.has(id)));
          }
        }
      },
    ),
    view(
      'sys.sysindexes',
      {
        id: c.int,
        indid: c.smallint,
        groupid: c.smallint.orNull,
        rowcnt: c.bigint.orNull,
        OrigFillFactor: c.tinyint.orNull,
        name: c.name.orNull,
        rows: c.int.orNull,
      },
      function* (session) {
        const counts = new Map<string, Value>();
        const key = (row: Row): string => `${String(row['object_id'])}.${String(row['index_id'])}`;
        for (const row of rowsOf(find('partitions'), session)) counts.set(key(row), row['rows']!);
        for (const row of rowsOf(find('indexes'), session)) {
          const rowcnt = counts.get(key(row)) ?? 0n;
          yield {
            id: row['object_id']!,
            indid: row['index_id']!,
            groupid: row['data_space_id']!,
            rowcnt,
            OrigFillFactor: row['fill_factor']!,
            name: row['name']!,
            rows: Number(rowcnt),
          };
        }
      },
    ),
    renamed('sys.sysindexkeys', find('index_columns'), {
      id: ['object_id', c.int],
      indid: ['index_id', c.smallint],
      colid: ['column_id', c.smallint],
      keyno: ['key_ordinal', c.smallint],
    }),
    renamed('sys.sysforeignkeys', find('foreign_key_columns'), {
      constid: ['constraint_object_id', c.int],
      fkeyid: ['parent_object_id', c.int],
      rkeyid: ['referenced_object_id', c.int],
      fkey: ['parent_column_id', c.smallint],
      rkey: ['referenced_column_id', c.smallint],
      keyno: ['constraint_column_id', c.smallint],
    }),
    renamed('sys.systypes', find('types'), {
      name: ['name', c.name],
      xtype: ['system_type_id', c.tinyint],
      xusertype: ['user_type_id', c.smallint.orNull],
      length: ['max_length', c.smallint],
      xprec: ['precision', c.tinyint],
      xscale: ['scale', c.tinyint],
      tdefault: ['default_object_id', c.int],
      domain: ['rule_object_id', c.int],
      uid: ['schema_id', c.smallint.orNull],
      allownulls: ['is_nullable', c.bit.orNull],
      collation: ['collation_name', c.name.orNull],
    }),
    view(
      'sys.sysusers',
      {
        uid: c.smallint.orNull,
        name: c.name,
        sid: c.varbinary(85).orNull,
        createdate: c.datetime,
        updatedate: c.datetime,
        islogin: c.int.orNull,
        isntname: c.int.orNull,
        isntgroup: c.int.orNull,
        isntuser: c.int.orNull,
        issqluser: c.int.orNull,
        isaliased: c.int.orNull,
        issqlrole: c.int.orNull,
        isapprole: c.int.orNull,
      },
      function* (session) {
        for (const row of rowsOf(find('database_principals'), session)) {
          const role = trimmed(row['type'] ?? null) === 'R';
          yield {
            uid: row['principal_id']!,
            name: row['name']!,
            sid: row['sid']!,
            createdate: row['create_date']!,
            updatedate: row['modify_date']!,
            islogin: flag(!role),
            isntname: 0,
            isntgroup: 0,
            isntuser: 0,
            issqluser: flag(!role),
            isaliased: 0,
            issqlrole: flag(role),
            isapprole: 0,
          };
        }
      },
    ),
    renamed('sys.sysdatabases', find('databases'), {
      name: ['name', c.name],
      dbid: ['database_id', c.smallint.orNull],
      sid: ['owner_sid', c.varbinary(85).orNull],
      crdate: ['create_date', c.datetime],
      cmptlevel: ['compatibility_level', c.tinyint],
    }),
  ];
}
