import type { WireColumn } from './values/wire.js';

const MAX = 0xffff;
/** The type id that SQL Server gives rowversion columns, whose bytes travel as binary(8). */
const USER_TYPE_ROWVERSION = 80;

/** The type of a column as T-SQL writes it. */
export function columnType(column: WireColumn): string {
  const length = column.dataLength ?? 0;
  switch (column.type.name) {
    case 'IntN':
      return INTEGERS[length] ?? 'int';
    case 'BitN':
      return 'bit';
    case 'FloatN':
      return length === 4 ? 'real' : 'float';
    case 'MoneyN':
      return length === 4 ? 'smallmoney' : 'money';
    case 'DateTimeN':
      return length === 4 ? 'smalldatetime' : 'datetime';
    case 'DecimalN':
    case 'NumericN':
      return `${column.type.name === 'DecimalN' ? 'decimal' : 'numeric'}(${column.precision ?? 18},${column.scale ?? 0})`;
    case 'Time':
    case 'DateTime2':
    case 'DateTimeOffset':
      return `${column.type.name.toLowerCase()}(${column.scale ?? 7})`;
    case 'NVarChar':
    case 'NChar':
      return sized(column.type.name, length, 2);
    case 'VarChar':
    case 'Char':
    case 'VarBinary':
      return sized(column.type.name, length, 1);
    case 'Binary':
      return column.userType === USER_TYPE_ROWVERSION ? 'rowversion' : sized('binary', length, 1);
    case 'Variant':
      return 'sql_variant';
    case 'UDT':
      return column.udtInfo?.typeName.toLowerCase() ?? 'udt';
    default:
      return column.type.name.toLowerCase();
  }
}

const INTEGERS: Readonly<Record<number, string>> = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' };

function sized(name: string, length: number, bytesPerCharacter: number): string {
  return `${name.toLowerCase()}(${length === MAX ? 'max' : length / bytesPerCharacter})`;
}
