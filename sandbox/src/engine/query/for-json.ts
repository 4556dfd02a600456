import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { isApproximate, isBinary, isDateTime, isNumeric, NVARCHAR_MAX } from '../types.ts';
import { AutoNesting } from './auto-nesting.ts';
import type { Row } from './row-source.ts';

export interface JsonColumn {
  readonly name: string | null;
  readonly type: SqlType;
  /** The value is JSON already (a nested FOR JSON, JSON_QUERY …) and is inserted unchanged. */
  readonly raw: boolean;
  /** AUTO: the alias of the column's table. */
  readonly table: string | null;
}

export interface JsonOptions {
  readonly mode: 'path' | 'auto';
  readonly root?: string;
  readonly includeNulls: boolean;
  readonly withoutArrayWrapper: boolean;
}

/** FOR JSON: turns rows into one text, row by row. */
export class JsonFormatter {
  private readonly options: JsonOptions;
  private readonly write: (row: Row) => void;
  private readonly finish: () => void;
  private readonly parts: string[] = [];
  private empty = true;

  constructor(columns: readonly JsonColumn[], options: JsonOptions) {
    for (const { name } of columns) {
      if (name === null || name === '') {
        throw new SqlError(
          13605,
          'Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.',
        );
      }
    }
    if (options.root !== undefined && options.withoutArrayWrapper) {
      throw new SqlError(
        13620,
        'ROOT option and WITHOUT_ARRAY_WRAPPER option cannot be used together in FOR JSON. Remove one of these options.',
      );
    }
    this.options = options;
    const emit = (text: string): void => {
      this.parts.push(this.empty ? text : `,${text}`);
      this.empty = false;
    };
    if (options.mode === 'path') {
      const tree = pathTree(columns);
      this.write = row => emit(objectText(tree, row, options.includeNulls));
      this.finish = () => undefined;
    } else {
      const auto = autoNesting(columns, options.includeNulls, emit);
      this.write = row => auto.add(row);
      this.finish = () => auto.end();
    }
  }

  add(row: Row): void {
    this.write(row);
  }

  /** Returns undefined for an empty result. */
  result(): string | undefined {
    this.finish();
    if (this.empty) return undefined;
    const list = this.parts.join('');
    if (this.options.withoutArrayWrapper) return list;
    return this.options.root === undefined ? `[${list}]` : `{${jsonString(this.options.root)}:[${list}]}`;
  }
}

type Member = { readonly name: string } & (
  { readonly column: number; readonly format: (v: Value) => string } | { readonly members: Member[] }
);

/** Dots in names make nested objects. */
function pathTree(columns: readonly JsonColumn[]): Member[] {
  const root: Member[] = [];
  columns.forEach((column, i) => {
    const steps = column.name!.split('.');
    let members = root;
    for (const step of steps.slice(0, -1)) {
      const there = members.find(member => member.name === step);
      if (there && !('members' in there)) throw conflict(column.name!);
      // An object is closed when a column of another object follows.
      if (there && members[members.length - 1] !== there) throw conflict(column.name!);
      if (there) members = there.members;
      else {
        const made = { name: step, members: [] };
        members.push(made);
        members = made.members;
      }
    }
    const name = steps[steps.length - 1]!;
    if (members.some(member => member.name === name)) throw conflict(column.name!);
    members.push({ name, column: i, format: jsonFormat(column) });
  });
  return root;
}

const conflict = (name: string): SqlError =>
  new SqlError(
    13601,
    `Property '${name}' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.`,
  );

function objectText(members: readonly Member[], row: Row, includeNulls: boolean): string {
  const parts: string[] = [];
  for (const member of members) {
    if ('members' in member) {
      const inner = objectText(member.members, row, includeNulls);
      if (inner !== '{}' || includeNulls) parts.push(`${jsonString(member.name)}:${inner}`);
    } else {
      const value = row[member.column]!;
      if (value !== null || includeNulls)
        parts.push(`${jsonString(member.name)}:${value === null ? 'null' : member.format(value)}`);
    }
  }
  return `{${parts.join(',')}}`;
}

function autoNesting(columns: readonly JsonColumn[], includeNulls: boolean, emit: (text: string) => void): AutoNesting {
  const formats = columns.map(jsonFormat);
  const nesting: AutoNesting = new AutoNesting(columns, {
    own: (places, row) =>
      places
        .flatMap(i => {
          const value = row[i]!;
          if (value === null && !includeNulls) return [];
          return [`${jsonString(columns[i]!.name!)}:${value === null ? 'null' : formats[i]!(value)}`];
        })
        .join(','),
    wrap: (level, members, inner) => {
      if (inner === undefined) return `{${members}}`;
      return `{${members}${members ? ',' : ''}${jsonString(nesting.levels[level + 1]!.name)}:[${inner.join(',')}]}`;
    },
    emit,
  });
  return nesting;
}

function jsonFormat(column: JsonColumn): (v: Value) => string {
  const { type } = column;
  if (column.raw) return v => String(v);
  if (type.name === 'bit') return v => (v ? 'true' : 'false');
  if (isApproximate(type)) return v => scientific(v as number, type.name === 'real' ? 7 : 15);
  if (isNumeric(type)) {
    const text = converter(type, NVARCHAR_MAX, type.name.includes('money') ? { style: 2 } : {});
    return v => String(text(v));
  }
  if (isBinary(type)) return v => jsonString(Buffer.from(v as Uint8Array).toString('base64'));
  if (isDateTime(type)) {
    const text = isoText(type);
    return v => jsonString(text(v));
  }
  const text = converter(type, NVARCHAR_MAX);
  return v => jsonString(String(text(v)));
}

/** Dates as in ISO 8601; a fraction of zero is left out. */
export function isoText(type: SqlType): (v: Value) => string {
  const text = converter(
    type,
    NVARCHAR_MAX,
    type.name === 'time' ? {} : { style: type.name === 'datetimeoffset' ? 127 : 126 },
  );
  return v =>
    String(text(v))
      .replace(' ', 'T')
      .replace(/\.0+(?=$|[Z+-])/, '')
      .replace(/ (?=[+-])/, '');
}

/** The text of a float in FOR JSON and FOR XML: 1.500000000000000e+000. */
export function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits).split('e');
  const power = Number(exponent);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(3, '0')}`;
}

/** As SQL Server escapes it: the solidus too. */
const jsonString = (text: string): string => JSON.stringify(text).replaceAll('/', '\\/');

/** A long text is sent to the client in rows of 2,033 characters. */
export function* chunks(text: string): Iterable<Row> {
  for (let at = 0; at < text.length; at += 2033) yield [text.slice(at, at + 2033)];
}
