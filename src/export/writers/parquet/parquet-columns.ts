import type { ParquetWriter } from 'hyparquet-writer';
import type { ResultColumn } from '../../../database/driver/result-set.js';
import { shapeOf } from '../column-kind.js';
import { daysOf } from '../date-parts.js';
import { binaryOf, instantOf, textOf, timeOfDay, unscaledOf, uuidOf, type ToParquet } from './parquet-values.js';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** How one column is written: its place in the schema, and the conversion of its values. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  readonly convert: ToParquet;
}

type Unit = 'MICROS' | 'NANOS';

/**
 * The column as Parquet holds it without loss (Apache Parquet, LogicalTypes.md). `sample` are the values of the first
 * row group: they decide about times with 7 digits, see `unitFor`.
 */
export function parquetColumn(column: ResultColumn, name: string, sample: readonly unknown[]): ParquetColumn {
  const { kind, precision, scale } = shapeOf(column);
  const base = { name, repetition_type: 'OPTIONAL' } as const;
  const made = (element: Omit<SchemaElement, 'name'>, convert: ToParquet): ParquetColumn => ({
    name,
    element: { ...base, ...element },
    convert,
  });
  const text = (): ParquetColumn =>
    made({ type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }, textOf);
  switch (kind) {
    case 'bit':
      return made({ type: 'BOOLEAN' }, value => value);
    case 'integer':
      return made({ type: 'INT32' }, value => value);
    case 'bigint':
      return made({ type: 'INT64' }, value => BigInt(value as number | string));
    case 'float':
      return made({ type: 'DOUBLE' }, value => value);
    case 'real':
      return made({ type: 'FLOAT' }, value => value);
    case 'decimal':
      return made(decimalElement(precision, scale), value => unscaledOf(String(value), scale));
    case 'date':
      return made({ type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }, value =>
        daysOf(String(value)),
      );
    case 'time': {
      const unit = scale > 6 ? 'NANOS' : 'MICROS';
      const logical_type = { type: 'TIME', isAdjustedToUTC: false, unit } as const;
      return made({ type: 'INT64', logical_type }, value => timeOfDay(String(value), unit));
    }
    case 'datetime':
    case 'datetimeoffset': {
      const unit = scale > 6 ? unitFor(sample) : 'MICROS';
      if (unit === undefined) return text();
      // The instant; Parquet has no place for the offset.
      const isAdjustedToUTC = kind === 'datetimeoffset';
      const logical_type = { type: 'TIMESTAMP', isAdjustedToUTC, unit } as const;
      return made({ type: 'INT64', logical_type }, value => instantOf(String(value), unit, name));
    }
    case 'uuid':
      return made({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } }, value =>
        uuidOf(String(value)),
      );
    case 'binary':
      return made({ type: 'BYTE_ARRAY' }, value => binaryOf(String(value)));
    case 'variant':
    case 'other':
      return text();
    default:
      return kind satisfies never;
  }
}

/** 18 digits fit into 64 bits, 38 into 128. */
function decimalElement(precision: number, scale: number): Omit<SchemaElement, 'name'> {
  const logical_type = { type: 'DECIMAL', precision, scale } as const;
  const decimal = { converted_type: 'DECIMAL', precision, scale, logical_type } as const;
  return precision <= 18
    ? { type: 'INT64', ...decimal }
    : { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...decimal };
}

/**
 * datetime2(7) has 100 ns over 10,000 years, which no timestamp of Parquet holds: NANOS lasts from 1677 to 2262, and
 * MICROS has six digits. The first row group decides: NANOS if its values are in these years, MICROS if none has a
 * seventh digit, else (9999-12-31T23:59:59.9999999, the end of temporal tables) the column is text.
 */
function unitFor(sample: readonly unknown[]): Unit | undefined {
  const texts = sample.filter(value => typeof value === 'string');
  for (const unit of ['NANOS', 'MICROS'] as const) if (texts.every(text => fits(text, unit))) return unit;
  return undefined;
}

function fits(text: string, unit: Unit): boolean {
  try {
    instantOf(text, unit, '');
    return true;
  } catch {
    return false;
  }
}
