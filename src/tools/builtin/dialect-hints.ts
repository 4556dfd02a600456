import { namedTables } from '../../database/policy/lexer/named-tables.js';
import { MESSAGE_NUMBERS } from '../../database/sql-server.messages.js';

// Hints about what people and models write from the habit of other SQL dialects. The server's message names only the
// next token or the unknown name, and would lead astray.

/** A statement is searched up to this length, because a hint is not worth more time. */
const READ = 5_000;

const SYNTAX: readonly (readonly [RegExp, string])[] = [
  [/&(?:lt|gt|amp|quot|apos|#\d{1,5});/i, 'Write the operators themselves: <, >, & instead of &lt;, &gt;, &amp;.'],
  [
    /\blimit\s+(?:\d|@)/i,
    'T-SQL has no LIMIT: write SELECT TOP (n) …, or ORDER BY … OFFSET m ROWS FETCH NEXT n ROWS ONLY.',
  ],
  [/`/, 'T-SQL quotes names as [name], not with backticks.'],
  [/\bilike\b/i, 'T-SQL has no ILIKE: LIKE ignores case in most collations; otherwise compare LOWER(…).'],
  [/[\w)\]']::\w/, 'T-SQL writes x::type as CAST(x AS type).'],
  [
    /\bon\s+conflict\b|\bon\s+duplicate\s+key\b/i,
    'T-SQL has no ON CONFLICT: use MERGE, or UPDATE and then INSERT … WHERE NOT EXISTS.',
  ],
  [
    /\breturning\b/i,
    'T-SQL has no RETURNING: write OUTPUT inserted.column or OUTPUT deleted.column before VALUES or WHERE.',
  ],
  [/\binterval\s+(?:''|\d)/i, 'T-SQL has no INTERVAL: use DATEADD(day, -7, GETDATE()).'],
  [/\bextract\s*\(\s*\w+\s+from\b/i, 'T-SQL has no EXTRACT: use YEAR(x), MONTH(x) or DATEPART(part, x).'],
  [
    /\bnulls\s+(?:first|last)\b/i,
    'T-SQL has no NULLS FIRST or LAST: write ORDER BY CASE WHEN x IS NULL THEN 1 ELSE 0 END, x.',
  ],
  [
    /\bselect\s+distinct\s+on\b/i,
    'T-SQL has no DISTINCT ON: use ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1 in a subquery.',
  ],
  [/\bqualify\b/i, 'T-SQL has no QUALIFY: filter the window function in an outer query.'],
  [/\blateral\b/i, 'T-SQL has no LATERAL: use CROSS APPLY or OUTER APPLY.'],
  [/\bjoin\s+[\w.[\]]+(?:\s+(?:as\s+)?\w+)?\s+using\s*\(/i, 'T-SQL has no JOIN … USING: write ON a.column = b.column.'],
  [/\bis\s+(?:not\s+)?(?:true|false)\b/i, 'T-SQL has no true and false: compare a bit column with 1 or 0.'],
  [/==/, 'T-SQL compares with =, not with ==.'],
  [/\|\|/, 'T-SQL joins texts with + or CONCAT; || exists from SQL Server 2025 on.'],
  [/\bauto_increment\b|\bserial\b/i, 'T-SQL numbers rows with IDENTITY(1,1).'],
  [
    /\bif\s+not\s+exists\b/i,
    "T-SQL has no CREATE … IF NOT EXISTS: write IF OBJECT_ID('schema.name') IS NULL CREATE ….",
  ],
  [/\boption\s*\([^()]{0,200}\)\s*for\s+(?:xml|json)\b/i, 'OPTION (…) stands at the end, after FOR XML or FOR JSON.'],
  [/\bcurrent_date\b/i, 'T-SQL has no CURRENT_DATE: use CAST(GETDATE() AS date).'],
  [/\?/, 'Parameters are written @name; pass their values in "parameters".'],
  [/^\s*(?:show|desc|describe)\b/i, 'Call the tools list_tables and describe_table.'],
];

const NO_ORDER = 'OFFSET … FETCH needs ORDER BY.';
const BIT_IS_NO_CONDITION = 'A column is no condition: compare a bit column with 1 or 0.';

const FUNCTIONS: Readonly<Record<string, string>> = {
  now: 'GETDATE() or SYSDATETIME()',
  curdate: 'CAST(GETDATE() AS date)',
  current_date: 'CAST(GETDATE() AS date)',
  sysdate: 'GETDATE()',
  today: 'CAST(GETDATE() AS date)',
  date: 'CAST(x AS date)',
  length: 'LEN(x), or DATALENGTH(x) for bytes',
  char_length: 'LEN(x)',
  nvl: 'ISNULL(x, y) or COALESCE',
  ifnull: 'ISNULL(x, y) or COALESCE',
  substr: 'SUBSTRING(x, start, length)',
  instr: 'CHARINDEX(wanted, x)',
  strpos: 'CHARINDEX(wanted, x)',
  position: 'CHARINDEX(wanted, x)',
  to_char: "FORMAT(x, 'yyyy-MM') or CONVERT(varchar(10), x, 23)",
  date_format: "FORMAT(x, 'yyyy-MM')",
  strftime: "FORMAT(x, 'yyyy-MM')",
  to_date: 'CONVERT(date, x)',
  to_number: 'CAST(x AS decimal(19,4))',
  date_trunc: 'DATEFROMPARTS(YEAR(x), MONTH(x), 1), or DATETRUNC(month, x) from SQL Server 2022 on',
  trunc: 'CAST(x AS date) for dates, ROUND(x, 0, 1) for numbers',
  date_add: 'DATEADD(day, n, x)',
  date_sub: 'DATEADD(day, -n, x)',
  dayofweek: 'DATEPART(weekday, x)',
  hour: 'DATEPART(hour, x)',
  week: 'DATEPART(iso_week, x)',
  quarter: 'DATEPART(quarter, x)',
  group_concat: "STRING_AGG(x, ',')",
  listagg: "STRING_AGG(x, ',')",
  array_agg: "STRING_AGG(x, ',')",
  mod: 'a % b',
  pow: 'POWER(x, y)',
  ceil: 'CEILING(x)',
  random: 'RAND()',
  ln: 'LOG(x)',
  lpad: "RIGHT(REPLICATE('0', n) + x, n)",
  rpad: "LEFT(x + REPLICATE(' ', n), n)",
  initcap: 'UPPER(LEFT(x, 1)) + SUBSTRING(x, 2, 4000)',
};

/** The hint for an error of the server, or undefined. `name` is the unknown name of the message. */
export function dialectHint(number: number, name: string | undefined, statement: string): string | undefined {
  const text = withoutTexts(statement.slice(0, READ));
  switch (number) {
    case MESSAGE_NUMBERS.incorrectSyntax:
    case MESSAGE_NUMBERS.incorrectSyntaxNearKeyword:
      return syntaxHint(text) ?? (name === undefined ? undefined : reservedHint(name, text));
    case MESSAGE_NUMBERS.conditionExpected:
      return syntaxHint(text) ?? BIT_IS_NO_CONDITION;
    case MESSAGE_NUMBERS.missingName:
      return text.includes('""') ? SINGLE_QUOTES : undefined;
    case MESSAGE_NUMBERS.invalidColumnName:
      return name === undefined ? undefined : columnHint(name, text);
    case MESSAGE_NUMBERS.invalidObjectName:
      if (name?.toLowerCase() === 'dual') return 'T-SQL needs no table for values: SELECT 1 AS x.';
      return name?.startsWith('#') === true
        ? 'Temporary tables end with the call that made them. Write the query as a common table expression: WITH x AS (SELECT …) SELECT … FROM x.'
        : undefined;
    case MESSAGE_NUMBERS.unknownFunction:
      return name === undefined ? undefined : functionHint(name);
    default:
      return undefined;
  }
}

/** The hint that the statement alone shows, for an engine whose numbers mean nothing here. */
export function hintOfStatement(statement: string): string | undefined {
  const text = withoutTexts(statement.slice(0, READ));
  const syntax = syntaxHint(text);
  if (syntax !== undefined) return syntax;
  for (const [, called = ''] of text.matchAll(/\b([a-z_]{2,20})\s*\(/gi)) {
    const hint = functionHint(called);
    if (hint !== undefined) return hint;
  }
  for (const [, name = ''] of text.matchAll(/"([^"]{1,128})"/g)) if (isText(name, text)) return SINGLE_QUOTES;
  return /=\s*(?:true|false)\b/i.test(text) ? columnHint('true', text) : undefined;
}

/** The tables of the tenant's own database that a statement names, with their schema if it names that. */
export function tablesOf(statement: string): readonly string[] {
  return namedTables(statement.slice(0, READ))
    .filter(({ database }) => database === undefined)
    .map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`));
}

function syntaxHint(text: string): string | undefined {
  const found = SYNTAX.find(([pattern]) => pattern.test(text))?.[1];
  if (found !== undefined) return found;
  return /\boffset\b/i.test(text) && !/\border\s+by\b/i.test(text) ? NO_ORDER : undefined;
}

/** For a reserved word where the name of a table stands. */
function reservedHint(word: string, text: string): string | undefined {
  return new RegExp(`(?:\\.|\\b(?:from|join)\\s)\\s*${escaped(word)}\\b`, 'i').test(text)
    ? `${word} is a reserved word: as a name it is written [${word}].`
    : undefined;
}

const SINGLE_QUOTES = "Texts stand in single quotes: 'text'. Double quotes mean a name.";

function columnHint(name: string, text: string): string | undefined {
  if (/^(?:true|false)$/i.test(name)) return 'T-SQL has no true and false: compare a bit column with 1 or 0.';
  if (isText(name, text)) return SINGLE_QUOTES;
  if (isAlias(name, text)) {
    return `An alias of SELECT (${name}) is unknown to the rest of SELECT, to ON, WHERE, GROUP BY and HAVING, and to expressions in ORDER BY: repeat the expression there, or define it in a subquery or CTE and select from that.`;
  }
  return functionHint(name);
}

/** Whether the name stands in double quotes where a value is expected, as texts do in other dialects. */
function isText(name: string, text: string): boolean {
  const before = '[=<>(,+]|\\b(?:select|distinct|like|in|when|then|else|and|between)';
  return new RegExp(`(?:${before})\\s*"${escaped(name)}"`, 'i').test(text);
}

/** Words after which a name is used, and not given to the expression before it. */
const BEFORE_USE = 'select|distinct|all|by|on|and|or|not|where|having|when|then|else|in|like|between';

/** Whether a select list gives the name to an expression, and the name stands elsewhere too. */
function isAlias(name: string, text: string): boolean {
  const written = `(?:\\[${escaped(name)}\\]|"${escaped(name)}"|${escaped(name)})`;
  const definitions = new RegExp(
    `(?:(?<![\\w.])${written}\\s+)?\\bas\\s+${written}(?!\\w)` +
      `|(?<!\\b(?:${BEFORE_USE}))(?<=[)\\]\\w])\\s+${written}(?=\\s*(?:,|\\bfrom\\b))` +
      `|(?<=\\bselect(?:\\s+distinct)?\\s+|,\\s*)${written}\\s*=(?=[^]*\\bfrom\\b)`,
    'gi',
  );
  const uses = text.replace(definitions, ' ');
  return uses !== text && new RegExp(`(?<![\\w.])${written}(?!\\w)`, 'i').test(uses);
}

function functionHint(name: string): string | undefined {
  const instead = Object.hasOwn(FUNCTIONS, name.toLowerCase()) ? FUNCTIONS[name.toLowerCase()] : undefined;
  return instead === undefined ? undefined : `T-SQL has no ${name.toUpperCase()}: use ${instead}.`;
}

function withoutTexts(statement: string): string {
  return statement.replace(/'(?:[^']|'')*'/g, "''").replace(/--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//g, ' ');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
