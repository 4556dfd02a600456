/** A one- or two-part T-SQL name as the caller wrote it, unquoted. */
export interface ObjectName {
  readonly schema?: string;
  readonly name: string;
}

/** A name in SQL text, whatever characters it holds (`]` doubles, as QUOTENAME does). */
export function quoteName(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
