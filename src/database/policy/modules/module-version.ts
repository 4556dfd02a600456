import type { ModuleVersion } from './described-module.js';

/** The number of our own error: a module is not the one that was judged. */
export const MODULE_CHANGED = 2_000_000_002;

/** Objects that a name in a module can mean. A constraint or a trigger with the same name is something else. */
const TYPES = "'P', 'PC', 'X', 'RF', 'V', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'U', 'SN', 'ET'";

/** From an object to its text and its synonym's target. */
export const VERSIONED = `FROM sys.objects AS o
LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id LEFT JOIN sys.synonyms AS n ON n.object_id = o.object_id`;

/** Names, type and text in one value, so that no object can take the place of another. */
export const VERSION =
  "HASHBYTES('SHA2_256', CONCAT(QUOTENAME(SCHEMA_NAME(o.schema_id)), QUOTENAME(o.name), o.type, n.base_object_name, m.uses_quoted_identifier, m.definition))";

export const isVersioned = (names: string): string =>
  `o.name IN (${names}) AND o.is_ms_shipped = 0 AND o.type IN (${TYPES})`;

/** Stops the batch unless everything that a module names is what it was when the module was judged. On one line. */
export function assertVersion({ names, hashes }: ModuleVersion): string {
  const count = hashes.length;
  const same = `SUM(CASE WHEN ${VERSION} IN (${hashes.join(', ')}) THEN 1 ELSE 0 END)`;
  const objects = `${VERSIONED} WHERE ${isVersioned(names.map(literal).join(', '))}`.replace(/\s+/g, ' ');
  return `IF NOT EXISTS (SELECT 1 ${objects} HAVING COUNT(*) = ${count} AND ${same} = ${count}) THROW ${MODULE_CHANGED}, 'The procedure has changed.', 1; `;
}

function literal(text: string): string {
  // A line end in a name would move the lines of errors.
  return `N'${text.replaceAll("'", "''")}'`.replace(/\r/g, "' + NCHAR(13) + N'").replace(/\n/g, "' + NCHAR(10) + N'");
}
