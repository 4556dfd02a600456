import readWorkbook, { readSheet } from 'read-excel-file/node';
import { FACTS, fileOf, table, type Table, writeWith } from '../../../../test/support/files/written-file.js';
import { entriesOf } from '../../../../test/support/files/zip-entries.js';
import { XlsxWriter } from './xlsx.writer.js';

const rowsOf = async (content: Table): Promise<unknown[][]> => {
  const [, ...rows] = await readSheet(await fileOf('xlsx', content), 'Data', { trim: false });
  return rows;
};
const cellsOf = async (type: string, values: readonly (string | number | boolean | null)[]): Promise<unknown[]> =>
  (
    await rowsOf(
      table(
        { id: 'int', v: type },
        values.map((value, i) => [i, value]),
      ),
    )
  ).map(row => row[1]);
const sheetXml = async (content: Table): Promise<string> =>
  (await entriesOf(await fileOf('xlsx', content))).get('xl/worksheets/sheet1.xml')?.toString() ?? '';

describe('an Excel file', () => {
  it('has numbers as numbers up to 15 digits, and longer ones as texts', async () => {
    expect(await cellsOf('bigint', [1, -999_999_999_999_999, 1_000_000_000_000_000, '9223372036854775807'])).toEqual([
      1,
      -999_999_999_999_999,
      '1000000000000000',
      '9223372036854775807',
    ]);
    expect(await cellsOf('decimal(38,10)', [12.5, 0.1, 1e21, 1234567890.1234567, '0.1234567890123456789'])).toEqual([
      12.5,
      0.1,
      1e21,
      '1234567890.1234567',
      '0.1234567890123456789',
    ]);
    expect(await cellsOf('float', [Math.PI, 1.5e-7])).toEqual([Math.PI, 1.5e-7]);
  });

  it('has long numbers and leading zeros of texts as texts', async () => {
    const values = ['00123', '1234567890123456789', '1E5', '2024-01-01', ' padded ', 'TRUE'];
    expect(await cellsOf('varchar(30)', values)).toEqual(values);
  });

  it('has dates and times as dates, in every year that Excel can hold', async () => {
    expect(await cellsOf('date', ['2024-02-29', '1900-03-01', '9999-12-31'])).toEqual([
      new Date('2024-02-29'),
      new Date('1900-03-01'),
      new Date('9999-12-31'),
    ]);
    expect(await cellsOf('datetime', ['2024-02-29T13:05:59.997'])).toEqual([new Date('2024-02-29T13:05:59.997Z')]);
  });

  it('leaves a date or time as a text that Excel would change', async () => {
    const values = ['1900-02-28T00:00:00', '0001-01-01T00:00:00'];
    expect(await cellsOf('datetime2(0)', values)).toEqual(values);
    expect(await cellsOf('datetime2(7)', ['2024-01-01T00:00:00.1234567'])).toEqual(['2024-01-01T00:00:00.1234567']);
    expect(await cellsOf('datetimeoffset(0)', ['2024-01-01T00:00:00+02:00'])).toEqual(['2024-01-01T00:00:00+02:00']);
    expect(await cellsOf('time(7)', ['23:59:59.1234567'])).toEqual(['23:59:59.1234567']);
  });

  it('has booleans, and no cell for NULL', async () => {
    expect(await cellsOf('bit', [true, false, null])).toEqual([true, false, null]);
  });

  it('keeps markup, control characters, line ends, escapes and half a surrogate pair', async () => {
    const values = ['<a href="x">&amp;</a>', 'two\r\nlines', '_x0041_', 'żółć 🙂'];
    const file = await fileOf(
      'xlsx',
      table(
        { v: 'nvarchar(99)' },
        [...values, 'bell \u0007, half \ud83d'].map(v => [v]),
      ),
    );
    const xml = (await entriesOf(file)).get('xl/worksheets/sheet1.xml')?.toString() ?? '';
    expect(xml).toContain('<t xml:space="preserve">two_x000D_\nlines</t>');
    expect(xml).toContain('<t xml:space="preserve">_x005F_x0041_</t>');
    expect(xml).toContain('bell _x0007_, half _xD83D_');
    const read = await readSheet(file, 'Data', { trim: false });
    expect([read[1]?.[0], read[4]?.[0]]).toEqual([values[0], values[3]]);
  });

  it('starts no formula, also when somebody edits the cell', async () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"];
    expect(await cellsOf('nvarchar(99)', formulas)).toEqual(formulas);
    const xml = await sheetXml(
      table(
        { v: 'nvarchar(99)' },
        formulas.map(formula => [formula]),
      ),
    );
    expect(xml).not.toContain('<f');
    expect(xml.match(/<c r="A\d+" s="8" t="inlineStr">/g)).toHaveLength(formulas.length);
    const styles =
      (await entriesOf(await fileOf('xlsx', table({ v: 'int' }, [])))).get('xl/styles.xml')?.toString() ?? '';
    expect(styles.match(/<cellXfs.*<\/cellXfs>/)?.[0].match(/<xf [^>]*>/g)?.[8]).toMatch(
      /numFmtId="49".*quotePrefix="1"/,
    );
  });

  it('says who exported what, when and from where', async () => {
    const sheet = await readSheet(await fileOf('xlsx', table({ v: 'int' }, [[1], [2]])), 'About');
    expect(Object.fromEntries(sheet as [string, string][])).toEqual({
      'Exported by': 'ann',
      At: '2026-11-30T12:00:00.000Z',
      Environment: 'demo',
      Database: 'Sales',
      Rows: '2',
      Statement: FACTS.statement,
    });
  });

  it('goes on in a further sheet, each with the names of the columns', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => [i]);
    const file = await writeWith(output => new XlsxWriter(output, FACTS, { rows: 5 }), table({ n: 'int' }, rows));
    const sheets = await readWorkbook(file);
    expect(sheets.map(({ sheet, data }) => [sheet, data])).toEqual([
      ['Data', [['n'], [0], [1], [2], [3]]],
      ['Data 2', [['n'], [4], [5], [6], [7]]],
      ['About', expect.anything()],
    ]);
  });

  it('fails at a text that no cell can hold, and names the column', async () => {
    await expect(fileOf('xlsx', table({ note: 'nvarchar(max)' }, [['x'.repeat(32_768)]]))).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
      message: expect.stringContaining('"note"'),
    });
  });

  it('keeps many rows and wide ones', async () => {
    const types = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, 'nvarchar(20)']));
    const rows = Array.from({ length: 3_000 }, (_, r) =>
      Array.from({ length: 30 }, (_c, i) => `row ${r}, column ${i}`),
    );
    expect(await rowsOf(table(types, rows))).toEqual(rows);
  });
});
