import { readByDuckDb } from '../../../test/support/files/duckdb.js';
import { fileOf, table } from '../../../test/support/files/written-file.js';

const READ = `SELECT * FROM read_csv({file}, all_varchar = true, header = true, nullstr = '', allow_quoted_nulls = false)`;

describe('a CSV file', () => {
  const text = async (...values: (string | null)[]): Promise<string> =>
    (
      await fileOf(
        'csv',
        table(
          { id: 'int', t: 'nvarchar(50)' },
          values.map((value, i) => [i, value]),
        ),
      )
    ).toString();

  it('has a header, CRLF, and quotes where RFC 4180 needs them', async () => {
    expect(await text('plain', 'a,b', 'say "hi"', 'two\nlines')).toBe(
      'id,t\r\n0,plain\r\n1,"a,b"\r\n2,"say ""hi"""\r\n3,"two\nlines"\r\n',
    );
  });

  it('is read back by DuckDB with the same texts, and tells NULL from an empty text', async () => {
    const values = ['a,b', 'say "hi"', 'two\r\nlines', ' padded ', 'żółć 🙂', '', null];
    const file = await fileOf(
      'csv',
      table(
        { id: 'int', t: 'nvarchar(50)' },
        values.map((value, i) => [i, value]),
      ),
    );
    expect((await readByDuckDb(file, READ)).map(row => row['t'])).toEqual(values);
  });

  it('writes the other values as results do', async () => {
    const file = await fileOf(
      'csv',
      table({ n: 'decimal(38,10)', m: 'decimal(38,10)', b: 'bit', d: 'datetime2(7)' }, [
        [-1.5, '-12345678901234567890.1234567891', true, '2024-02-29T23:59:59.1234567'],
      ]),
    );
    expect(file.toString().split('\r\n')[1]).toBe(
      '-1.5,-12345678901234567890.1234567891,true,2024-02-29T23:59:59.1234567',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1'])(
    'makes a text of %j, which a spreadsheet would take for a formula',
    async formula => {
      const file = await fileOf('csv', table({ id: 'int', t: 'nvarchar(50)' }, [[1, formula]]));
      const [row] = await readByDuckDb(file, READ);
      expect(row?.['t']).toBe(`'${formula}`);
    },
  );

  it('escapes a formula in the name of a column too', async () => {
    const file = await fileOf('csv', table({ "=HYPERLINK('x')": 'int' }, [[1]]));
    expect(file.toString()).toMatch(/^'=HYPERLINK/);
  });

  it('leaves such texts alone when the caller asks for raw texts, and negative numbers always', async () => {
    const content = table({ n: 'int', m: 'decimal(38,0)', t: 'nvarchar(50)' }, [[-1, '-99999999999999999999', '=1']]);
    expect((await fileOf('csv', content, { raw: true })).toString()).toContain('-1,-99999999999999999999,=1');
    expect((await fileOf('csv', content)).toString()).toContain("-1,-99999999999999999999,'=1");
  });

  it('begins with a byte order mark when the caller asks for one', async () => {
    const content = table({ n: 'int' }, [[1]]);
    expect((await fileOf('csv', content, { bom: true })).subarray(0, 3).toString('hex')).toBe('efbbbf');
    expect((await fileOf('csv', content)).toString()).toBe('n\r\n1\r\n');
  });

  it('loses no row whose only value is NULL', async () => {
    expect((await fileOf('csv', table({ n: 'int' }, [[null], [2]]))).toString()).toBe('n\r\n""\r\n2\r\n');
  });

  it('refuses half a surrogate pair, which UTF-8 would silently replace', async () => {
    await expect(text('half \ud83d')).rejects.toMatchObject({ code: 'SQL_ERROR', hint: /ndjson/ });
  });

  it('has a header and nothing else for a result without rows', async () => {
    expect(await text()).toBe('id,t\r\n');
  });
});
