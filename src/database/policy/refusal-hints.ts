import type { Refusal } from './refusal.js';

/** How much of the statement is read to choose a hint. */
const READ = 400;

/** What to do instead of what people and models often write; undefined where the rule's own hint is enough. */
export function habitHint({ rule, offset, word }: Refusal, statement: string, writing: boolean): string | undefined {
  switch (rule) {
    case 'first-word':
    case 'forbidden-word':
    case 'unseen-code':
    case 'session-setting':
    case 'server-statement':
      return hintOf(statementAt(statement, offset, rule), writing);
    case 'select-into':
      return /^\s*#/.test(statement.slice(offset + word.length, offset + READ))
        ? 'Temporary tables are not available here. Write the first query as a common table expression: WITH x AS (SELECT …) SELECT … FROM x.'
        : undefined;
    case 'several-statements':
      return ESCAPED.test(statement.slice(Math.max(0, offset - 20), offset))
        ? 'Write the operators themselves: <, >, & instead of &lt;, &gt;, &amp;.'
        : undefined;
    case 'batch-separator':
      return 'Send one batch per call. GO may stand alone on the last line, or after USE and SET in front of the statement.';
    default:
      return undefined;
  }
}

const ESCAPED = /&(?:lt|gt|amp|quot|apos|#\d{1,5});\s*$/i;

/** The words from the refused one on, without comments. For a session setting the refused word follows SET. */
function statementAt(statement: string, offset: number, rule: string): string {
  const words = statement
    .slice(offset, offset + READ)
    .replace(/--[^\n]*|\/\*[^*]*\*\//g, ' ')
    .replace(/\s+/g, ' ');
  return rule === 'session-setting' && !/^use\b/i.test(words) ? `SET ${words}` : words;
}

const PLANS = 'Call the tool explain_query: it returns the plan of a query.';

function hintOf(words: string, writing: boolean): string | undefined {
  // ODBC and JDBC write { call procedure(…) }.
  const [first = '', second = ''] = words
    .toLowerCase()
    .replace(/^\{ ?/, '')
    .split(/[\s;(]+/);
  switch (first) {
    case 'exec':
    case 'execute':
    case 'call':
      return procedureHint(second, writing);
    case 'explain':
      return PLANS;
    case 'set':
      if (/^(?:showplan|statistics)/.test(second)) return PLANS;
      if (second.startsWith('@')) return undefined;
      return `SET NOCOUNT, DATEFORMAT, DATEFIRST, LANGUAGE and TRANSACTION ISOLATION LEVEL (not SERIALIZABLE) may stand in front of a statement of the same call, with a plain value. The server sets all other options.`;
    case 'fetch':
      return /^fetch (?:first|next)\b/i.test(words)
        ? 'Write SELECT TOP (n) …, or ORDER BY … OFFSET m ROWS FETCH NEXT n ROWS ONLY.'
        : undefined;
    case 'use':
      return 'USE may only name the database of this server, in front of a statement of the same call. Other databases cannot be chosen.';
    case 'if':
      return writing ? undefined : 'Write the condition into the query: SELECT CASE WHEN … THEN … ELSE … END.';
    case 'while':
      return writing ? undefined : 'Write one query over the set of rows; a recursive WITH replaces a loop.';
    case 'create':
    case 'insert':
      return !writing && /^(?:create table|insert (?:into )?)\s?[#@]/i.test(words)
        ? 'Temporary tables are not available here. Write the query as a common table expression: WITH x AS (SELECT …) SELECT … FROM x.'
        : undefined;
    case 'declare':
      if (writing) return undefined;
      return /^declare @\S+ (?:as )?table\b/i.test(words)
        ? 'Write the rows as a common table expression: WITH x AS (SELECT …) SELECT … FROM x.'
        : undefined;
    case 'describe':
    case 'desc':
      return 'Call the tool describe_table for the columns of a table.';
    case 'show':
      return 'Call the tools list_tables and describe_table.';
    case '`':
    case '```':
    case '```sql':
      return 'Send the SQL without Markdown. A fence (```sql … ```) may only stand around the whole text, on lines of its own.';
    default:
      return /^(?:(?:\[?sys\]?|dbo|master)?\.*)?\[?(?:sp|xp)_/.test(first) ? procedureHint(first, writing) : undefined;
  }
}

const DESCRIBES = new Set(
  'sp_help sp_columns sp_pkeys sp_fkeys sp_statistics sp_helpindex sp_helpconstraint'.split(' '),
);
const LISTS = new Set(['sp_tables', 'sp_spaceused']);
const DEFINES = new Set(['sp_helptext', 'sp_depends', 'sp_sproc_columns']);

function procedureHint(written: string, writing: boolean): string {
  const name = (written.split('.').at(-1) ?? '').replace(/[[\]"]/g, '');
  if (DESCRIBES.has(name)) return 'Call the tool describe_table: it returns columns, keys, indexes and constraints.';
  if (LISTS.has(name)) return 'Call the tool list_tables: it returns the tables and about how many rows they have.';
  if (DEFINES.has(name))
    return 'Call the tool describe_object: it returns the text, the parameters and the dependencies of a view, function or procedure.';
  if (name === 'sp_stored_procedures') return 'Call the tool search_schema with kinds ["procedure", "function"].';
  if (name === 'sp_executesql') return 'Send the statement itself, and put its values into "parameters".';
  const instead = writing ? 'Send the statements themselves' : 'Send a SELECT';
  return `${instead}. Procedures cannot be called with SQL; an administrator can offer a procedure as a tool of its own.`;
}
