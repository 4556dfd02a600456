import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { readByDuckDb } from '../../../../test/support/files/duckdb.js';
import { fileOf, table, type Table } from '../../../../test/support/files/written-file.js';

const types = async (content: Table): Promise<Record<string, unknown>> => {
  const described = await readByDuckDb(await fileOf('parquet', content), 'DESCRIBE SELECT * FROM read_parquet({file})');
  return Object.fromEntries(described.map(row => [row['column_name'], row['column_type']]));
};
const read = async (content: Table): Promise<Record<string, unknown>[]> =>
  readByDuckDb(await fileOf('parquet', content), 'SELECT * FROM read_parquet({file})');

const BIG = '12345678901234567890123456789012345.678';

describe('a Parquet file', () => {
  it('gives every SQL type its logical type', async () => {
    const of = {
      b: 'bit',
      i: 'int',
      l: 'bigint',
      f: 'float',
      r: 'real',
      d: 'decimal(10,2)',
      big: 'decimal(38,3)',
      m: 'money',
      day: 'date',
      t: 'time(3)',
      t7: 'time(7)',
      dt: 'datetime',
      dt6: 'datetime2(6)',
      o: 'datetimeoffset(3)',
      u: 'uniqueidentifier',
      x: 'varbinary(max)',
      n: 'nvarchar(50)',
    };
    expect(await types(table(of, [Object.keys(of).map(() => null)]))).toEqual({
      b: 'BOOLEAN',
      i: 'INTEGER',
      l: 'BIGINT',
      f: 'DOUBLE',
      r: 'FLOAT',
      d: 'DECIMAL(10,2)',
      big: 'DECIMAL(38,3)',
      m: 'DECIMAL(19,4)',
      day: 'DATE',
      t: 'TIME',
      t7: expect.stringMatching(/^TIME/),
      dt: 'TIMESTAMP',
      dt6: 'TIMESTAMP',
      o: 'TIMESTAMP WITH TIME ZONE',
      u: 'UUID',
      x: 'BLOB',
      n: 'VARCHAR',
    });
  });

  it('keeps every digit of a decimal, in DuckDB and in the Rust reader of Arrow', async () => {
    const values = ['99999999999999999999999999999999999.999', `-${BIG}`, BIG, -0.001, 0, 1e21, null];
    const content = table(
      { big: 'decimal(38,3)', d: 'decimal(18,4)' },
      values.map((v, i) => [v, i === 0 ? '-12345678901234.5678' : null]),
    );
    const exact = [
      '99999999999999999999999999999999999.999',
      `-${BIG}`,
      BIG,
      '-0.001',
      '0.000',
      '1000000000000000000000.000',
      null,
    ];
    const rows = await read(content);
    expect(rows.map(row => row['big'])).toEqual(exact);
    expect(rows[0]?.['d']).toBe('-12345678901234.5678');
    const arrow = tableFromIPC(readParquet(await fileOf('parquet', content)).intoIPCStream());
    const words = arrow.getChild('big')?.get(1) as Uint32Array;
    const unscaled = words.reduce((sum, word, i) => sum + (BigInt(word) << BigInt(32 * i)), 0n);
    expect(BigInt.asIntN(128, unscaled)).toBe(-BigInt(BIG.replace('.', '')));
  });

  it('keeps dates and times from the first to the last day of SQL Server', async () => {
    const content = table({ day: 'date', dt: 'datetime2(6)', t: 'time(6)' }, [
      ['0001-01-01', '0001-01-01T00:00:00.000001', '23:59:59.999999'],
      ['9999-12-31', '9999-12-31T23:59:59.999999', '00:00:00.000000'],
      ['1969-12-31', '1969-12-31T23:59:59.500000', null],
    ]);
    const file = await fileOf('parquet', content);
    const rows = await readByDuckDb(
      file,
      `SELECT strftime(day, '%Y-%m-%d') AS day, strftime(dt, '%Y-%m-%d %H:%M:%S.%f') AS dt, t::VARCHAR AS t FROM read_parquet({file})`,
    );
    expect(rows).toEqual([
      { day: '0001-01-01', dt: '0001-01-01 00:00:00.000001', t: '23:59:59.999999' },
      { day: '9999-12-31', dt: '9999-12-31 23:59:59.999999', t: '00:00:00' },
      { day: '1969-12-31', dt: '1969-12-31 23:59:59.500000', t: null },
    ]);
  });

  it('keeps the instant of a datetimeoffset', async () => {
    const content = table({ o: 'datetimeoffset(0)' }, [['2024-01-01T00:30:00+02:00'], ['2024-01-01T00:30:00-05:30']]);
    const rows = await readByDuckDb(
      await fileOf('parquet', content),
      'SELECT epoch_ms(o) AS ms FROM read_parquet({file})',
    );
    expect(rows.map(row => Number(row['ms']))).toEqual([Date.UTC(2023, 11, 31, 22, 30), Date.UTC(2024, 0, 1, 6)]);
  });

  it.each<[string, string, string]>([
    ['nanoseconds', '2024-01-01T00:00:00.1234567', 'TIMESTAMP_NS'],
    ['microseconds, for years that nanoseconds do not reach', '9999-12-31T00:00:00.0000000', 'TIMESTAMP'],
    ['text, where neither holds it', '9999-12-31T23:59:59.9999999', 'VARCHAR'],
  ])('has a datetime2(7) in %s', async (_what, value, type) => {
    const content = table({ dt: 'datetime2(7)' }, [[value]]);
    expect(await types(content)).toEqual({ dt: type });
    const [row] = await read(content);
    expect(String(row?.['dt']).replace(' ', 'T').replace(/0+$/, '')).toBe(
      value.replace(/\.?0+$/, '').replace(/T00:00:00$/, 'T00:00:'),
    );
  });

  it('fails at a later time that the type of the first rows cannot hold', async () => {
    const rows = [
      ...Array.from({ length: 9_000 }, () => ['2024-01-01T00:00:00.1234567']),
      ['9999-12-31T00:00:00.0000000'],
    ];
    await expect(fileOf('parquet', table({ dt: 'datetime2(7)' }, rows))).rejects.toMatchObject({
      code: 'SQL_ERROR',
      hint: /CAST/,
    });
  });

  it('keeps uniqueidentifier, binary and text over several row groups', async () => {
    const id = '0E984725-C51C-4BF4-9960-E1C80E27ABA0';
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => [i, id, '0x00FF10', `żółć ${i}`, i % 3 === 0 ? null : i / 4] as const,
    );
    const file = await fileOf(
      'parquet',
      table({ i: 'int', u: 'uniqueidentifier', x: 'varbinary(9)', n: 'nvarchar(9)', d: 'decimal(9,2)' }, rows),
    );
    const [summary] = await readByDuckDb(
      file,
      `SELECT count(*) AS c, sum(i) AS s, min(u)::VARCHAR AS u, min(hex(x)) AS x, max(n) AS n, count(d) AS d, (SELECT count(DISTINCT row_group_id) FROM parquet_metadata({file})) AS groups FROM read_parquet({file})`,
    );
    expect(summary).toEqual({
      c: '20000',
      s: '199990000',
      u: id.toLowerCase(),
      x: '00FF10',
      n: 'żółć 9999',
      d: '13333',
      groups: '3',
    });
  });

  it('is a whole file for a result without rows, and says what it is', async () => {
    const file = await fileOf('parquet', table({ i: 'int' }, []));
    expect(await readByDuckDb(file, 'SELECT * FROM read_parquet({file})')).toEqual([]);
    const said = await readByDuckDb(
      file,
      'SELECT decode(value) AS v FROM parquet_kv_metadata({file}) WHERE decode(key) = $$person$$',
    );
    expect(said).toEqual([{ v: 'ann' }]);
  });
});
