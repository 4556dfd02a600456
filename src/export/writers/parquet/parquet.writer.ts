import { ByteWriter, ParquetWriter as Encoder } from 'hyparquet-writer';
import { distinctNames } from '../../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../../database/driver/result-set.js';
import type { FileOutput } from '../../file-output.js';
import type { FileFacts, FileWriter } from '../file-writer.js';
import { type ParquetColumn, parquetColumn } from './parquet-columns.js';

/** Rows and characters of a row group; a group is in memory twice, as values and as bytes. */
const GROUP_ROWS = 8_192;
const GROUP_CHARACTERS = 4_000_000;

/** Apache Parquet, with small row groups. Every value keeps its digits: decimals are unscaled integers of up to 128 bits. */
export class ParquetWriter implements FileWriter {
  private readonly bytes = new ByteWriter(1 << 20) as ByteWriter & { index: number };
  private columns: readonly ResultColumn[] = [];
  private names: readonly string[] = [];
  private values: CellValue[][] = [];
  private rows = 0;
  private characters = 0;
  private encoder: { readonly encoder: Encoder; readonly columns: readonly ParquetColumn[] } | undefined;

  constructor(
    private readonly output: FileOutput,
    private readonly facts: FileFacts,
  ) {}

  begin(columns: readonly ResultColumn[]): void {
    this.columns = columns;
    this.names = distinctNames(columns.map(column => column.name));
    this.values = columns.map(() => []);
  }

  row(row: readonly CellValue[]): void | Promise<void> {
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? null;
      this.values[i]?.push(value);
      if (typeof value === 'string') this.characters += value.length;
    }
    this.rows++;
    return this.rows < GROUP_ROWS && this.characters < GROUP_CHARACTERS ? undefined : this.writeGroup();
  }

  async finish(): Promise<void> {
    if (this.rows > 0) await this.writeGroup();
    const { encoder } = this.begun();
    await encoder.finish();
    await this.passOn();
  }

  private writeGroup(): void | Promise<void> {
    const { encoder, columns } = this.begun();
    const columnData = columns.map(({ name, convert }, i) => ({
      name,
      data: this.values[i]?.map(value => (value === null ? null : convert(value))) ?? [],
      offsetIndex: false,
    }));
    void encoder.write({ columnData, rowGroupSize: this.rows });
    this.values = this.columns.map(() => []);
    this.rows = 0;
    this.characters = 0;
    return this.passOn();
  }

  /** The schema is fixed with the first group, whose values decide about some types. */
  private begun(): { readonly encoder: Encoder; readonly columns: readonly ParquetColumn[] } {
    if (this.encoder !== undefined) return this.encoder;
    const columns = this.columns.map((column, i) => parquetColumn(column, this.names[i] ?? '', this.values[i] ?? []));
    const encoder = new Encoder({
      writer: this.bytes,
      schema: [{ name: 'schema', num_children: columns.length }, ...columns.map(column => column.element)],
      kvMetadata: metadataOf(this.facts),
      createdBy: 'mssql-mcp-server',
    });
    this.encoder = { encoder, columns };
    return this.encoder;
  }

  private passOn(): void | Promise<void> {
    const made = Buffer.from(this.bytes.getBytes());
    this.bytes.index = 0;
    return this.output.write(made);
  }
}

function metadataOf({
  statement,
  person,
  tenant,
  database,
  at,
  definition,
}: FileFacts): { key: string; value: string }[] {
  const facts = {
    statement,
    person,
    tenant,
    database,
    at: at.toISOString(),
    ...(definition === undefined ? {} : { definition }),
  };
  return Object.entries(facts).map(([key, value]) => ({ key, value }));
}
