import type { Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import { c, flag, view, type CatalogView } from '../view.ts';

export type Row = Readonly<Record<string, Value>>;
export type FindView = (name: string) => CatalogView;

export function* rowsOf(source: CatalogView, session: CatalogSession): Generator<Row> {
  const names = source.columns.map(({ name }) => name);
  for (const row of source.rows(session)) yield Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]));
}

export const trimmed = (value: Value): string => String(value).trimEnd();

/** The low four bits of sysstat, which scripts test. */
const SYSSTAT: Readonly<Record<string, number>> = { V: 2, U: 3, P: 4, D: 6, PK: 9, UQ: 9, C: 10, F: 11 };

const OBJECTS = {
  name: c.name,
  id: c.int,
  xtype: c.char(2),
  uid: c.smallint.orNull,
  info: c.smallint.orNull,
  status: c.int.orNull,
  base_schema_ver: c.int.orNull,
  replinfo: c.int.orNull,
  parent_obj: c.int,
  crdate: c.datetime,
  ftcatid: c.smallint.orNull,
  schema_ver: c.int.orNull,
  stats_schema_ver: c.int.orNull,
  type: c.char(2).orNull,
  userstat: c.smallint.orNull,
  sysstat: c.smallint.orNull,
  indexdel: c.smallint.orNull,
  refdate: c.datetime,
  version: c.int.orNull,
  deltrig: c.int.orNull,
  instrig: c.int.orNull,
  updtrig: c.int.orNull,
  seltrig: c.int.orNull,
  category: c.int.orNull,
  cache: c.smallint.orNull,
};
const ZEROS = Object.fromEntries(
  (
    'info status base_schema_ver replinfo ftcatid schema_ver stats_schema_ver indexdel version ' +
    'deltrig instrig updtrig seltrig category cache'
  )
    .split(' ')
    .map(name => [name, 0]),
);

function objectOf(row: Row): Row {
  const type = trimmed(row['type'] ?? null);
  return {
    ...ZEROS,
    name: row['name']!,
    id: row['object_id']!,
    xtype: row['type']!,
    uid: row['schema_id']!,
    parent_obj: row['parent_object_id']!,
    crdate: row['create_date']!,
    refdate: row['create_date']!,
    type: type === 'PK' || type === 'UQ' ? 'K ' : row['type']!,
    userstat: flag(type === 'U'),
    sysstat: SYSSTAT[type] ?? 0,
  };
}

const NULLABLE = 0x08;
const OUTPUT = 0x40;
const IDENTITY = 0x80;

const COLUMNS = {
  name: c.name.orNull,
  id: c.int,
  xtype: c.tinyint,
  xusertype: c.smallint.orNull,
  length: c.smallint,
  xprec: c.tinyint,
  xscale: c.tinyint,
  colid: c.smallint.orNull,
  cdefault: c.int,
  domain: c.int,
  number: c.smallint.orNull,
  colorder: c.smallint.orNull,
  status: c.tinyint.orNull,
  iscomputed: c.int.orNull,
  isoutparam: c.int.orNull,
  isnullable: c.int.orNull,
  collation: c.name.orNull,
};

/** A column, or a parameter of a procedure or function. */
function columnOf(row: Row, number: number, id: Value): Row {
  const nullable = row['is_nullable'] ?? 1;
  return {
    name: row['name']!,
    id: row['object_id']!,
    xtype: row['system_type_id']!,
    xusertype: row['user_type_id']!,
    length: row['max_length']!,
    xprec: row['precision']!,
    xscale: row['scale']!,
    colid: id,
    cdefault: row['default_object_id'] ?? 0,
    domain: 0,
    number,
    colorder: id,
    status: (nullable ? NULLABLE : 0) | (row['is_output'] ? OUTPUT : 0) | (row['is_identity'] ? IDENTITY : 0),
    iscomputed: row['is_computed'] ?? 0,
    isoutparam: row['is_output'] ?? 0,
    isnullable: nullable,
    collation: row['collation_name'] ?? null,
  };
}

export const sysObjects = (find: FindView): CatalogView =>
  view('sys.sysobjects', OBJECTS, function* (session) {
    for (const row of rowsOf(find('objects'), session)) yield objectOf(row);
  });

/** Procedures have the number 1 in syscolumns and syscomments. */
export const proceduresOf = (find: FindView, session: CatalogSession): ReadonlySet<Value> =>
  new Set([...rowsOf(find('procedures'), session)].map(row => row['object_id']!));

export const sysColumns = (find: FindView): CatalogView =>
  view('sys.syscolumns', COLUMNS, function* (session) {
    for (const row of rowsOf(find('columns'), session)) yield columnOf(row, 0, row['column_id']!);
    const procedures = proceduresOf(find, session);
    for (const row of rowsOf(find('parameters'), session))
      yield columnOf(row, flag(procedures.has(row['object_id']!)), row['parameter_id']!);
  });
