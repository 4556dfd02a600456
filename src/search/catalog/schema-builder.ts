import type { Rows } from '../../database/connection/catalog-runner.js';
import type { CellValue } from '../../database/driver/result-set.js';
import type { Pause } from '../ranking/pause.js';
import { type ObjectKind, type SchemaKey, type SchemaLink, SchemaModel, type SchemaObject } from './schema-model.js';

/** The rows of schema.queries, each absent where the server refused the query. */
export interface SchemaRows {
  readonly objects: Rows;
  /** Ordered by object, as pages that were read one after the other. */
  readonly columns: readonly Rows[];
  readonly parameters: Rows;
  readonly descriptions: Rows;
  readonly keys: Rows;
  readonly foreignKeys: Rows;
  readonly cut: boolean;
}

const text = (value: CellValue | undefined): string => String(value ?? '');

/** Makes the model from rows. Equal texts are kept once, because most names of columns occur in many tables. */
export class SchemaBuilder {
  private readonly texts = new Map<string, string>();
  private readonly objects: SchemaObject[];
  private readonly position: ReadonlyMap<number, number>;
  private readonly ids: number[] = [];
  private readonly names: string[] = [];
  private readonly types: string[] = [];
  private readonly nullable: boolean[] = [];
  private readonly masked = new Set<number>();
  private readonly starts: Int32Array;
  /** The position of a column by its object's position and its column_id. */
  private readonly places: Map<number, number>[];

  constructor(private readonly rows: SchemaRows) {
    const parameters = Map.groupBy(rows.parameters, ([id]) => Number(id));
    this.objects = rows.objects
      .map(row => this.object(row, parameters.get(Number(row[0]))))
      .sort((a, b) => a.id - b.id);
    this.position = new Map(this.objects.map(({ id }, at) => [id, at]));
    this.starts = new Int32Array(this.objects.length + 1);
    this.places = this.objects.map(() => new Map());
  }

  /** Lets other work run between the pages. */
  async build(pause: Pause): Promise<SchemaModel> {
    await this.addColumns(pause);
    const descriptions = new Map(
      this.rows.descriptions.flatMap(([id, column, description]) => {
        const at = this.place(id, column);
        return at === undefined || typeof description !== 'string' ? [] : [[at, this.shared(description)] as const];
      }),
    );
    const { ids, names, types, nullable, masked, starts } = this;
    await pause();
    const columns = { ids, names, types, nullable, masked, descriptions, starts };
    return new SchemaModel(this.objects, columns, this.keys(), this.foreignKeys(), this.rows.cut);
  }

  private object(
    [id, schema, name, type, rows, description]: Rows[number],
    parameters: Rows | undefined,
  ): SchemaObject {
    const { kind, exactly } = KINDS[text(type).trim()] ?? { kind: 'table' as const };
    return {
      id: Number(id),
      schema: this.shared(text(schema)),
      name: text(name),
      kind,
      ...(exactly === undefined ? {} : { type: exactly }),
      ...(typeof rows === 'number' && rows >= 0 && kind === 'table' ? { rowCount: rows } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(parameters === undefined
        ? {}
        : { parameters: parameters.map(([, parameter]) => this.shared(text(parameter))) }),
    };
  }

  private async addColumns(pause: Pause): Promise<void> {
    let object = 0;
    for (const page of this.rows.columns) {
      await pause();
      for (const [id, columnId, name, type, nullable, masked] of [...page].sort(byObjectAndColumn)) {
        const position = this.position.get(Number(id));
        if (position === undefined) continue;
        for (; object <= position; object++) this.starts[object] = this.names.length;
        const at = this.names.length;
        this.places[position]?.set(Number(columnId), at);
        this.ids.push(Number(columnId));
        this.names.push(this.shared(text(name)));
        this.types.push(this.shared(text(type)));
        this.nullable.push(nullable !== false && nullable !== 'NO');
        if (masked === 1) this.masked.add(at);
      }
    }
    for (; object <= this.objects.length; object++) this.starts[object] = this.names.length;
  }

  private keys(): ReadonlyMap<number, readonly SchemaKey[]> {
    const keys = new Map<number, SchemaKey[]>();
    for (const group of Map.groupBy(this.rows.keys, ([id, index]) => `${text(id)}/${text(index)}`).values()) {
      const [first] = group;
      const object = this.position.get(Number(first?.[0]));
      const columns = group.map(([id, , , column]) => this.place(id, column));
      if (object === undefined || columns.includes(undefined)) continue;
      const key = { columns: columns as number[], primary: first?.[2] === true };
      keys.set(object, [...(keys.get(object) ?? []), key]);
    }
    return keys;
  }

  private foreignKeys(): readonly SchemaLink[] {
    return [...Map.groupBy(this.rows.foreignKeys, ([id]) => Number(id)).values()].flatMap(group => {
      const [, name, fromId, , toId] = group[0] ?? [];
      const [from, to] = [this.position.get(Number(fromId)), this.position.get(Number(toId))];
      const fromColumns = group.map(row => this.place(row[2], row[3]));
      const toColumns = group.map(row => this.place(row[4], row[5]));
      if (from === undefined || to === undefined || [...fromColumns, ...toColumns].includes(undefined)) return [];
      const link = { from, to, fromColumns: fromColumns as number[], toColumns: toColumns as number[] };
      return [{ ...link, source: 'foreign_key' as const, role: text(name) }];
    });
  }

  private place(id: CellValue | undefined, column: CellValue | undefined): number | undefined {
    const object = this.position.get(Number(id));
    return object === undefined ? undefined : this.places[object]?.get(Number(column));
  }

  private shared(value: string): string {
    const known = this.texts.get(value);
    if (known === undefined) this.texts.set(value, value);
    return known ?? value;
  }
}

const KINDS: Readonly<Record<string, { readonly kind: ObjectKind; readonly exactly?: string }>> = {
  U: { kind: 'table' },
  V: { kind: 'view' },
  ET: { kind: 'table', exactly: 'external' },
  SN: { kind: 'table', exactly: 'synonym' },
  P: { kind: 'procedure' },
  PC: { kind: 'procedure' },
  FN: { kind: 'function' },
  FS: { kind: 'function' },
  IF: { kind: 'function', exactly: 'table-valued' },
  TF: { kind: 'function', exactly: 'table-valued' },
  FT: { kind: 'function', exactly: 'table-valued' },
};

function byObjectAndColumn(a: Rows[number], b: Rows[number]): number {
  return Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]);
}
