import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream } from '../contracts.ts';
import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { isBinary, isString, nvarchar, NVARCHAR_MAX, TINYINT } from '../types.ts';
import { type JsonNode, type JsonPath, followPath, parseJson, parseJsonPath } from './json-document.ts';
import type { BoundTableFunction } from './table-functions.ts';

export interface OpenJsonColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly path?: string;
  readonly asJson: boolean;
}

export function openJson(
  args: readonly BoundExpression[],
  schema: readonly OpenJsonColumn[] | undefined,
  compilation: Compilation,
): BoundTableFunction {
  const [text, path] = args;
  if (!text || args.length > 2) throw new SqlError(174, 'The openjson function requires 1 to 2 argument(s).', 15);
  if (!isString(text.type) && !text.type.untypedNull) {
    throw new SqlError(8116, `Argument data type ${text.type.name} is invalid for argument 1 of openjson function.`);
  }
  const read = (env: Env): JsonNode | undefined => {
    const value = text.evaluate(env);
    if (value === null) return undefined;
    const document = parseJson(value as string);
    if (!path) return document;
    const at = path.evaluate(env);
    return at === null ? undefined : followPath(document, parseJsonPath(at as string));
  };
  return schema ? withSchema(read, schema, compilation) : withoutSchema(read, compilation);
}

const TYPE_NUMBERS: Readonly<Record<JsonNode['kind'], number>> = {
  null: 0,
  string: 1,
  number: 2,
  boolean: 3,
  array: 4,
  object: 5,
};

const plainText = (node: JsonNode): string | null =>
  node.kind === 'null' ? null : node.kind === 'string' ? node.value : node.text;

function withoutSchema(read: (env: Env) => JsonNode | undefined, compilation: Compilation): BoundTableFunction {
  return {
    columns: [
      { name: 'key', type: { ...nvarchar(4000), collation: 'Latin1_General_BIN2' }, nullable: false },
      { name: 'value', type: NVARCHAR_MAX, nullable: true },
      { name: 'type', type: TINYINT, nullable: false },
    ],
    *open(env): RowStream {
      const node = read(env);
      const { ticker } = compilation;
      if (node?.kind !== 'array' && node?.kind !== 'object') return;
      const entries = node.kind === 'array' ? node.items.map((item, i) => [String(i), item] as const) : node.members;
      for (const [key, item] of entries) {
        if (ticker.tick()) yield PAUSE;
        yield [key, plainText(item), TYPE_NUMBERS[item.kind]];
      }
    },
  };
}

function withSchema(
  read: (env: Env) => JsonNode | undefined,
  schema: readonly OpenJsonColumn[],
  compilation: Compilation,
): BoundTableFunction {
  const fields = schema.map(column => {
    if (column.asJson && !(column.type.name === 'nvarchar' && column.type.length === -1)) {
      throw new SqlError(
        13618,
        'AS JSON option can be specified only for column of nvarchar(max) type in WITH clause.',
      );
    }
    return {
      path: column.path === undefined ? { strict: false, steps: [column.name] } : parseJsonPath(column.path),
      read: column.asJson ? jsonOf : scalarOf(column.type),
    };
  });
  return {
    columns: schema.map(column => ({ name: column.name, type: column.type, nullable: true })),
    *open(env): RowStream {
      const node = read(env);
      if (!node || (node.kind !== 'array' && node.kind !== 'object')) return;
      const { ticker } = compilation;
      for (const item of node.kind === 'array' ? node.items : [node]) {
        if (ticker.tick()) yield PAUSE;
        yield fields.map(field => {
          const found = followPath(item, field.path);
          return found ? field.read(found, field.path) : null;
        });
      }
    },
  };
}

function jsonOf(node: JsonNode, path: JsonPath): Value {
  if (node.kind === 'array' || node.kind === 'object') return node.text;
  if (path.strict) throw new SqlError(13624, 'Object or array cannot be found in the specified JSON path.');
  return null;
}

function scalarOf(type: SqlType): (node: JsonNode, path: JsonPath) => Value {
  const convert = isBinary(type)
    ? (v: Value): Value => new Uint8Array(Buffer.from(v as string, 'base64'))
    : converter(NVARCHAR_MAX, type);
  return (node, path) => {
    if (node.kind === 'array' || node.kind === 'object') {
      if (path.strict) throw new SqlError(13623, 'Scalar value cannot be found in the specified JSON path.');
      return null;
    }
    const text = plainText(node);
    if (text === null) return null;
    return isString(type) && type.length === -1 ? text : convert(text);
  };
}
