import type { ResultColumn } from '../../engine/contracts.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession, SystemProcedure } from '../../session/catalog-provider.ts';
import { typeFacts } from '../type-catalog.ts';
import { c, flag } from '../view.ts';
import { BoundArguments } from './arguments.ts';
import { resultSet } from './result.ts';

/** The columns of sys.dm_exec_describe_first_result_set; those of the procedure are the same without the error's. */
const DESCRIPTION = {
  is_hidden: c.bit,
  column_ordinal: c.int,
  name: c.name.orNull,
  is_nullable: c.bit,
  system_type_id: c.int,
  system_type_name: c.nvarchar(256).orNull,
  max_length: c.smallint,
  precision: c.tinyint,
  scale: c.tinyint,
  collation_name: c.name.orNull,
  user_type_id: c.int.orNull,
  user_type_database: c.name.orNull,
  user_type_schema: c.name.orNull,
  user_type_name: c.name.orNull,
  assembly_qualified_type_name: c.nvarchar(4000).orNull,
  xml_collection_id: c.int.orNull,
  xml_collection_database: c.name.orNull,
  xml_collection_schema: c.name.orNull,
  xml_collection_name: c.name.orNull,
  is_xml_document: c.bit,
  is_case_sensitive: c.bit,
  is_fixed_length_clr_type: c.bit,
  source_server: c.name.orNull,
  source_database: c.name.orNull,
  source_schema: c.name.orNull,
  source_table: c.name.orNull,
  source_column: c.name.orNull,
  is_identity_column: c.bit.orNull,
  is_part_of_unique_key: c.bit.orNull,
  is_updateable: c.bit.orNull,
  is_computed_column: c.bit.orNull,
  is_sparse_column_set: c.bit.orNull,
  ordinal_in_order_by_list: c.smallint.orNull,
  order_by_list_length: c.smallint.orNull,
  order_by_is_descending: c.smallint.orNull,
};

const ERRORS = {
  error_number: c.int.orNull,
  error_severity: c.int.orNull,
  error_state: c.int.orNull,
  error_message: c.nvarchar(4000).orNull,
  error_type: c.int.orNull,
  error_type_desc: c.nvarchar(60).orNull,
};
export const DESCRIPTION_WITH_ERRORS = { ...DESCRIPTION, ...ERRORS };

export type DescriptionRow = Readonly<Record<string, Value>>;

function descriptionRow(column: ResultColumn, ordinal: number, session: CatalogSession): DescriptionRow {
  const facts = typeFacts(column.type, session);
  return {
    is_hidden: 0,
    column_ordinal: ordinal,
    name: column.name === '' ? null : column.name,
    is_nullable: flag(column.nullable),
    system_type_id: facts.systemTypeId,
    system_type_name: t.describeType(column.type),
    max_length: facts.maxLength,
    precision: facts.precision,
    scale: facts.scale,
    collation_name: facts.collation,
    is_xml_document: 0,
    is_case_sensitive: 0,
    is_fixed_length_clr_type: 0,
    is_identity_column: flag(column.identity),
    is_updateable: flag(!column.computed && !column.identity),
    is_computed_column: flag(column.computed),
    is_sparse_column_set: 0,
  };
}

/** The rows of the function; an error gives one row that describes it. */
export function describeRows(session: CatalogSession, sql: string, parameters: string | null): DescriptionRow[] {
  try {
    return session.describe(sql, parameters).map((column, i) => descriptionRow(column, i + 1, session));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return [
      {
        is_hidden: 0,
        column_ordinal: 0,
        is_nullable: 0,
        system_type_id: 0,
        max_length: 0,
        precision: 0,
        scale: 0,
        is_xml_document: 0,
        is_case_sensitive: 0,
        is_fixed_length_clr_type: 0,
        error_number: error.number,
        error_severity: error.severity,
        error_state: error.state,
        error_message: error.message,
        error_type: 2,
        error_type_desc: 'SYNTAX',
      },
    ];
  }
}

export const spDescribeFirstResultSet: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_describe_first_result_set',
      [{ name: '@tsql', required: true }, { name: '@params' }, { name: '@browse_information_mode' }],
      args,
    );
    const described = session.describe(bound.text('@tsql') ?? '', bound.text('@params') ?? null);
    return [
      resultSet(
        DESCRIPTION,
        described.map((column, i) => descriptionRow(column, i + 1, session)),
      ),
    ];
  },
};
