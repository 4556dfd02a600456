import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { CellValue, QueryResult, ResultColumn } from '../../database/driver/result-set.js';
import { ResultText } from './result-text.js';

const COLUMNS: readonly ResultColumn[] = [
  { name: 'id', type: 'int' },
  { name: 'name', type: 'nvarchar(50)' },
  { name: 'name', type: 'nvarchar(50)' },
];
const ROWS: readonly (readonly CellValue[])[] = [
  [1, 'Ann, "the first"', null],
  [2, '', 'a|b\nc'],
];

const resultOf = (more: Partial<QueryResult> = {}): QueryResult => ({
  resultSets: [{ columns: COLUMNS, rows: ROWS }],
  affectedRows: [],
  messages: [],
  bytes: 0,
  cutCells: 0,
  ...more,
});

/** Measures every row, as QueryService does, and gives the answer. */
function answer(format: ResultFormat, result: QueryResult = resultOf(), extras = {}) {
  const text = new ResultText(format);
  const bytes = result.resultSets
    .flatMap(({ rows, columns }) => rows.map(row => text.measureRow(row, columns)))
    .reduce((sum, next) => sum + next, 0);
  return { bytes, ...text.output(result, extras) };
}

describe('the text of a result', () => {
  it('is the JSON of the structured content in the compact format', () => {
    const { text, structured, isJson } = answer('compact');
    expect(JSON.parse(text)).toEqual(structured);
    expect(isJson).toBe(true);
    expect(structured).toEqual({
      columns: COLUMNS,
      rows: ROWS,
      row_count: 2,
      truncated: false,
      untrusted: true,
    });
  });

  it('has rows as objects with distinct names in the objects format, whatever the columns are called', () => {
    const columns = ['2', '1', '__proto__', '', 'a', 'a'].map(name => ({ name, type: 'int' }));
    const { text } = answer('objects', resultOf({ resultSets: [{ columns, rows: [[1, 2, 3, 4, 5, 6]] }] }));
    expect(text).toContain('"rows":[{"2":1,"1":2,"__proto__":3,"column_4":4,"a":5,"a_2":6}]');
    expect(JSON.parse(text)).toMatchObject({ columns: ['2', '1', '__proto__', 'column_4', 'a', 'a_2'] });
  });

  it('distinguishes NULL from an empty text in CSV, and quotes what needs it', () => {
    expect(answer('csv').text).toBe(
      'id,name,name_2\n1,"Ann, ""the first""",\n2,"","a|b\nc"\n\n(2 rows; untrusted data)',
    );
  });

  it('keeps every row of a Markdown table on one line', () => {
    expect(answer('markdown').text).toBe(
      '|id|name|name_2|\n|-|-|-|\n|1|Ann, "the first"|NULL|\n|2||a\\|b<br>c|\n\n(2 rows; untrusted data)',
    );
  });

  it.each(['compact', 'objects', 'csv', 'markdown'] as const)(
    'is never longer than the bytes that were counted for it in the %s format',
    format => {
      const extras = { next_cursor: 'x'.repeat(50), note: 'y'.repeat(100) };
      const { text, bytes } = answer(format, resultOf({ cutCells: 3 }), extras);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytes);
    },
  );

  it.each([
    ['rows', resultOf({ resultSets: [{ columns: COLUMNS, rows: ROWS, truncatedBy: 'rows' }] })],
    ['cells', resultOf({ cutCells: 1 })],
  ])('says in every format that it was truncated by %s', (reason, result) => {
    expect(answer('compact', result).structured).toMatchObject({ truncated: true, truncated_by: reason });
    expect(answer('csv', result).text).toMatch(new RegExp(`2 rows, truncated; .*truncated_by: ${reason}`));
    expect(answer('markdown', result).text).toContain(`truncated_by: ${reason}`);
  });

  it('leaves out the row that was measured and did not fit', () => {
    const text = new ResultText('csv');
    for (const row of ROWS) text.measureRow(row, COLUMNS);
    const kept = resultOf({ resultSets: [{ columns: COLUMNS, rows: ROWS.slice(0, 1), truncatedBy: 'bytes' }] });
    expect(text.output(kept).text).toMatch(/^id,name,name_2\n1,.*\n\n\(1 row, truncated/);
  });

  it('holds several result sets, each with its own columns, and the messages once', () => {
    const several = resultOf({
      resultSets: [
        { columns: [{ name: 'a', type: 'int' }], rows: [[1]] },
        { columns: [{ name: 'b', type: 'int' }], rows: [] },
      ],
      messages: ['hello'],
    });
    const { text, structured } = answer('compact', several);
    expect(JSON.parse(text)).toEqual(structured);
    expect(structured).toMatchObject({
      result_sets: [
        { columns: [{ name: 'a', type: 'int' }], rows: [[1]], row_count: 1, truncated: false },
        { columns: [{ name: 'b', type: 'int' }], rows: [], row_count: 0, truncated: false },
      ],
      untrusted: true,
      messages: ['hello'],
    });
    expect(answer('csv', several).text).toBe(
      'a\n1\n\n(1 row; untrusted data)\n\nb\n\n(0 rows; untrusted data)\n\nmessages: ["hello"]',
    );
  });
});
