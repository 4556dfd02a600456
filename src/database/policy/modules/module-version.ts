import type { ModuleVersion } from './described-module.js';

/** The number of our own error: a module is not the one that was judged. */
export const MODULE_CHANGED = 2_000_000_002;

/** Objects that a name in a module can mean. A constraint or a trigger with the same name is something else. */
const TYPES = "'P', 'PC', 'X', 'RF', 'V', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'U', 'SN', 'ET'";
const OBJECT = 'QUOTENAME(SCHEMA_NAME(o.schema_id)), QUOTENAME(o.name)';

/** From an object to its text and its synonym's target. Objects of SQL Server in this database count too. */
export const VERSIONED = `FROM sys.objects AS o
LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id LEFT JOIN sys.synonyms AS n ON n.object_id = o.object_id`;

/** Names, type and text in one value, so that no object can take the place of another. */
export const VERSION = `HASHBYTES('SHA2_256', CONCAT(${OBJECT}, o.type, n.base_object_name, m.uses_quoted_identifier, m.definition))`;

export const isVersioned = (names: string): string => `o.name IN (${names}) AND o.type IN (${TYPES})`;

const part = (kind: PartKind, text: string, tables: string): string =>
  `SELECT o.name, o.object_id, '${kind}' AS kind, ${text} AS text, HASHBYTES('SHA2_256', CONCAT(${OBJECT}, '${kind}', ${text})) AS version ${tables}`;

/** What a table has besides data and may run code when it is read. */
export type PartKind = 'computed' | 'filter' | 'assembly' | 'external';

/**
 * A row for each computed column, for each filter of a security policy (also of one that is off), for each column whose
 * type an assembly defines, and for an external table: name, object_id, kind, text, version. On one line.
 */
export const PARTS = [
  part('computed', 'c.definition', 'FROM sys.computed_columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id'),
  part(
    'filter',
    'p.predicate_definition',
    'FROM sys.security_predicates AS p JOIN sys.objects AS o ON o.object_id = p.target_object_id WHERE p.predicate_type = 0',
  ),
  part(
    'assembly',
    'c.name',
    'FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id AND t.is_assembly_type = 1 AND t.is_user_defined = 1 JOIN sys.objects AS o ON o.object_id = c.object_id',
  ),
  part('external', "N''", 'FROM sys.tables AS o WHERE o.is_external = 1'),
].join(' UNION ALL ');

/** Stops the batch unless everything that a module names is what it was when the module was judged. On one line. */
export function assertVersion({ names, hashes, parts, notDatabases }: ModuleVersion): string {
  const wanted = names.map(literal).join(', ');
  const objects = `${VERSIONED} WHERE ${isVersioned(wanted)}`.replace(/\s+/g, ' ');
  const checks = [
    `EXISTS (SELECT 1 ${objects} HAVING ${are(VERSION, hashes)})`,
    `EXISTS (SELECT 1 FROM (${PARTS}) AS v WHERE v.name IN (${wanted}) HAVING ${are('v.version', parts)})`,
    ...notDatabases.map(name => `DB_ID(${literal(name)}) IS NULL`),
  ];
  return `IF NOT (${checks.join(' AND ')}) THROW ${MODULE_CHANGED}, 'The procedure has changed.', 1; `;
}

/** Whether the rows have these hashes and no others. */
function are(version: string, hashes: readonly string[]): string {
  if (hashes.length === 0) return 'COUNT(*) = 0';
  return `COUNT(*) = ${hashes.length} AND SUM(CASE WHEN ${version} IN (${hashes.join(', ')}) THEN 1 ELSE 0 END) = ${hashes.length}`;
}

function literal(text: string): string {
  // A line end in a name would move the lines of errors.
  return `N'${text.replaceAll("'", "''")}'`.replace(/\r/g, "' + NCHAR(13) + N'").replace(/\n/g, "' + NCHAR(10) + N'");
}
