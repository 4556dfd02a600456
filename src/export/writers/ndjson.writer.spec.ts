import { readByDuckDb } from '../../../test/support/files/duckdb.js';
import { fileOf, table } from '../../../test/support/files/written-file.js';

describe('an NDJSON file', () => {
  it('has one object a line, with exact numbers or texts', async () => {
    const file = await fileOf(
      'ndjson',
      table({ id: 'int', amount: 'decimal(38,4)', ok: 'bit', at: 'date', note: 'nvarchar(20)' }, [
        [1, 12.5, true, '2024-02-29', 'a "b"\n'],
        [2, '99999999999999999999.0001', false, null, null],
      ]),
    );
    expect(file.toString()).toBe(
      '{"id":1,"amount":12.5,"ok":true,"at":"2024-02-29","note":"a \\"b\\"\\n"}\n' +
        '{"id":2,"amount":"99999999999999999999.0001","ok":false,"at":null,"note":null}\n',
    );
  });

  it('is read back by DuckDB', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => [i, `text ${i} 🙂`] as const);
    const file = await fileOf('ndjson', table({ id: 'bigint', t: 'nvarchar(50)' }, rows));
    const read = await readByDuckDb(file, `SELECT * FROM read_json({file}, format = 'newline_delimited') ORDER BY id`);
    expect(read.map(({ id, t }) => [Number(id), t])).toEqual(rows);
  });

  it('keeps half a surrogate pair, repeated names, and names that objects would lose', async () => {
    const columns = ['a', 'a', '__proto__', ''].map(name => ({ name, type: 'nvarchar(9)' }));
    const file = await fileOf('ndjson', { columns, rows: [['\ud83d', '2', '3', '4']] });
    expect(file.toString()).toBe('{"a":"\\ud83d","a_2":"2","__proto__":"3","column_4":"4"}\n');
  });
});
