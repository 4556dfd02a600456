import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import {
  followPath,
  jsonChild,
  parseJson,
  parseJsonPath,
  scalarText,
  type JsonNode,
  type JsonPath,
} from '../json-text.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { INT, NVARCHAR_MAX, isString, nvarchar } from '../types.ts';
import {
  argument,
  define,
  invalidArgument,
  lenient,
  strict,
  text,
  type Call,
  type FunctionTable,
} from './definition.ts';
import { isJsonFragment, jsonLiteral, markJsonFragment } from './json-writer.ts';

/** Parses JSON and caches the last text, because a query reads several paths of one column. */
function cachedParser(): (source: string) => JsonNode {
  let last: string | undefined;
  let node: JsonNode | undefined;
  return source => {
    if (!node || source !== last) {
      node = parseJson(source);
      last = source;
    }
    return node;
  };
}

function cachedPath(): (source: string) => JsonPath {
  let last: string | undefined;
  let path: JsonPath | undefined;
  return source => {
    if (!path || source !== last) {
      path = parseJsonPath(source);
      last = source;
    }
    return path;
  };
}

function json(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  if (!isString(x.type) && !x.type.untypedNull) throw invalidArgument(call, index, x.type);
  return text(call, index);
}

const notFound = (): SqlError => new SqlError(13608, 'Property cannot be found on the specified JSON path.');

function jsonValue(call: Call): BoundExpression {
  const [parse, path] = [cachedParser(), cachedPath()];
  return strict(nvarchar(4000), [json(call, 0), text(call, 1)], (source, p) => {
    const { steps, strict: strictMode } = path(p as string);
    const node = followPath(parse(source as string), steps);
    if (!node) {
      if (strictMode) throw notFound();
      return null;
    }
    if (node.kind === 'object' || node.kind === 'array') {
      if (strictMode) throw new SqlError(13623, 'Scalar value cannot be found in the specified JSON path.');
      return null;
    }
    const value = scalarText(node, source as string);
    if (value !== null && value.length > 4000) {
      if (strictMode) throw new SqlError(13625, 'String value in the specified JSON path would be truncated.');
      return null;
    }
    return value;
  });
}

function jsonQuery(call: Call): BoundExpression {
  const [parse, path] = [cachedParser(), cachedPath()];
  const source = json(call, 0);
  const args = call.args.length > 1 ? [source, text(call, 1)] : [source];
  const type = source.type.length === -1 ? NVARCHAR_MAX : nvarchar(4000);
  return markJsonFragment(
    strict(type, args, (s, p) => {
      const { steps, strict: strictMode } = path((p as string | undefined) ?? '$');
      const node = followPath(parse(s as string), steps);
      if (node?.kind === 'object' || node?.kind === 'array') return (s as string).slice(node.start, node.end);
      if (!strictMode) return null;
      throw node ? new SqlError(13624, 'Object or array cannot be found in the specified JSON path.') : notFound();
    }),
  );
}

function tryParse(source: string): JsonNode | undefined {
  try {
    return parseJson(source);
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}

/** ISJSON(text [, VALUE | ARRAY | OBJECT | SCALAR]); without the word it means an object or array. */
function isJson(call: Call): BoundExpression {
  const word = call.args[1];
  const kind = word && 'keyword' in word ? word.keyword.toUpperCase() : '';
  if (!['', 'VALUE', 'ARRAY', 'OBJECT', 'SCALAR'].includes(kind))
    throw new SqlError(102, `Incorrect syntax near '${kind}'.`, 15);
  return strict(INT, [json(call, 0)], source => {
    const node = tryParse(source as string);
    if (!node) return 0;
    const container = node.kind === 'object' || node.kind === 'array';
    switch (kind) {
      case 'VALUE':
        return 1;
      case 'ARRAY':
        return node.kind === 'array' ? 1 : 0;
      case 'OBJECT':
        return node.kind === 'object' ? 1 : 0;
      case 'SCALAR':
        return node.kind === 'string' || node.kind === 'number' ? 1 : 0;
      default:
        return container ? 1 : 0;
    }
  });
}

function jsonPathExists(call: Call): BoundExpression {
  const path = cachedPath();
  return strict(INT, [json(call, 0), text(call, 1)], (source, p) => {
    const node = tryParse(source as string);
    return node && followPath(node, path(p as string).steps) ? 1 : 0;
  });
}

/** Removes a member or item with one of the commas beside it. */
function remove(source: string, from: number, to: number): string {
  const after = /^\s*,\s*/.exec(source.slice(to));
  if (after) return source.slice(0, from) + source.slice(to + after[0].length);
  const before = /\s*,\s*$/.exec(source.slice(0, from));
  return source.slice(0, before ? before.index : from) + source.slice(to);
}

/** JSON_MODIFY: `written` is the new value as JSON text, null to delete (lax) or to set to null (strict). */
function modify(source: string, path: JsonPath, written: string | null): string {
  const root = parseJson(source);
  const { steps, strict: strictMode, append } = path;
  const last = steps.at(-1);
  const parent = last === undefined ? undefined : followPath(root, steps.slice(0, -1));
  const target = last === undefined ? root : parent && jsonChild(parent, last);
  const insertAt = (node: JsonNode, count: number, what: string): string =>
    `${source.slice(0, node.end - 1).trimEnd()}${count > 0 ? ',' : ''}${what}${source.slice(node.end - 1)}`;
  if (append) {
    if (target?.kind === 'array') return insertAt(target, target.items?.length ?? 0, written ?? 'null');
    if (target) throw new SqlError(13620, 'JSON array is expected at the specified path for the append modifier.');
    if (strictMode) throw notFound();
    if (parent?.kind === 'object' && typeof last === 'string') {
      return insertAt(parent, parent.members?.length ?? 0, `${jsonLiteral(last)}:[${written ?? 'null'}]`);
    }
    return source;
  }
  if (last === undefined) throw new SqlError(13619, 'Unsupported JSON path found in argument 2 of JSON_MODIFY.');
  if (target) {
    if (written !== null) return source.slice(0, target.start) + written + source.slice(target.end);
    if (strictMode || typeof last === 'number')
      return `${source.slice(0, target.start)}null${source.slice(target.end)}`;
    const member = parent?.members?.find(m => m.value === target);
    return remove(source, member?.keyStart ?? target.start, target.end);
  }
  if (strictMode) throw notFound();
  if (written === null || !parent) return source;
  if (parent.kind === 'object' && typeof last === 'string') {
    return insertAt(parent, parent.members?.length ?? 0, `${jsonLiteral(last)}:${written}`);
  }
  if (parent.kind === 'array' && last === parent.items?.length) return insertAt(parent, parent.items.length, written);
  return source;
}

function jsonModify(call: Call): BoundExpression {
  const path = cachedPath();
  const value = argument(call, 2);
  const write = jsonWriterOf(value);
  return lenient(NVARCHAR_MAX, [json(call, 0), text(call, 1), value], (source, p, v) => {
    if (source === null || p === null) return null;
    return modify(source as string, path(p as string), v === null ? null : write(v as Value));
  });
}

/** How values of the expression are written in JSON: results of JSON_QUERY and similar unchanged, others as literals. */
function jsonWriterOf(x: BoundExpression): (v: Value) => string {
  if (isJsonFragment(x)) return v => (v === null ? 'null' : (v as string));
  const t: SqlType = x.type;
  return v => jsonLiteral(v, t);
}

/** The clause at the end comes as a keyword: NULL (ON NULL) or ABSENT (ON NULL). */
function nullClause(call: Call, absentByDefault: boolean): { readonly count: number; readonly absent: boolean } {
  const last = call.args.at(-1);
  if (!last || !('keyword' in last)) return { count: call.args.length, absent: absentByDefault };
  const clause = /^(NULL|ABSENT)(?: ON NULL)?$/i.exec(last.keyword)?.[1];
  if (clause === undefined) throw new SqlError(102, `Incorrect syntax near '${last.keyword}'.`, 15);
  return { count: call.args.length - 1, absent: /absent/i.test(clause) };
}

function jsonArray(call: Call): BoundExpression {
  const { count, absent } = nullClause(call, true);
  const items = Array.from({ length: count }, (_, i) => argument(call, i));
  const writers = items.map(jsonWriterOf);
  return markJsonFragment(
    lenient(NVARCHAR_MAX, items, (...values) => {
      const parts: string[] = [];
      values.forEach((v, i) => {
        if (v !== null || !absent) parts.push(writers[i]?.(v) ?? 'null');
      });
      return `[${parts.join(',')}]`;
    }),
  );
}

/** Arguments alternate: key, value, key, value … */
function jsonObject(call: Call): BoundExpression {
  const { count, absent } = nullClause(call, false);
  if (count % 2 !== 0) throw new SqlError(102, "Incorrect syntax near ')'.", 15);
  const args = Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? castExpression(text(call, i), NVARCHAR_MAX, { implicit: true }) : argument(call, i),
  );
  const writers = args.map(jsonWriterOf);
  return markJsonFragment(
    lenient(NVARCHAR_MAX, args, (...values) => {
      const parts: string[] = [];
      for (let i = 0; i < values.length; i += 2) {
        const [key, value] = [values[i], values[i + 1] ?? null];
        if (key === null || key === undefined) throw new SqlError(13645, 'JSON_OBJECT: a key is NULL.');
        if (value !== null || !absent) parts.push(`${jsonLiteral(key)}:${writers[i + 1]?.(value) ?? 'null'}`);
      }
      return `{${parts.join(',')}}`;
    }),
  );
}

export const JSON_FUNCTIONS: FunctionTable = {
  JSON_VALUE: define(2, 2, jsonValue),
  JSON_QUERY: define(1, 2, jsonQuery),
  JSON_MODIFY: define(3, 3, jsonModify),
  JSON_PATH_EXISTS: define(2, 2, jsonPathExists),
  ISJSON: define(1, 2, isJson),
  JSON_ARRAY: define(0, 1000, jsonArray),
  JSON_OBJECT: define(0, 1000, jsonObject),
};
