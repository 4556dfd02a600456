import type { CorpusFile } from '../corpus/corpus-case.ts';
import type { RefusedClause } from '../grammar/clause.ts';
import type { Difference } from './differences.ts';

/** Text in a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const code = (text: string): string => `\`\` ${cell(text)} \`\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

const LONGEST_EXAMPLE = 110;

/** The areas of the corpus, with the number of their statements and an example. */
export function worksTable(files: readonly CorpusFile[]): string {
  const areas = Map.groupBy(
    files.flatMap(f => f.cases),
    c => c.category,
  );
  const rows = [...areas].map(([area, cases]) => {
    const short = cases.filter(c => c.sql.length <= LONGEST_EXAMPLE).sort((a, b) => b.sql.length - a.sql.length);
    const example = short.find(c => c.expect.error === undefined) ?? short[0];
    return [area, String(cases.length), example ? code(example.sql) : ''];
  });
  return table(['Area', 'Statements', 'One of them'], rows);
}

/** The refused clauses of the grammar walk, with their errors. */
export function refusedTable(clauses: readonly RefusedClause[]): string {
  const rows = clauses.map(({ sql, error }) => [code(sql), String(error ?? 50000)]);
  return table(['Refused', 'Error'], rows);
}

export function differencesTable(differences: readonly Difference[]): string {
  return table(
    ['SQL Server', 'The sandbox'],
    differences.map(d => [cell(d.server), cell(d.sandbox)]),
  );
}

/** Replaces the table between its two comments in the README. */
export function replaceTable(readme: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made from the tests -->`, `<!-- end of ${name} -->`];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md lacks the comments that enclose the table "${name}".`);
  return `${readme.slice(0, from + begin.length)}\n\n${content}\n\n${readme.slice(to)}`;
}
