import type * as ast from '../../parser/ast.ts';
import type { RowStream } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import { NVARCHAR_MAX, XML } from '../types.ts';
import { chunks, JsonFormatter } from './for-json.ts';
import { XmlFormatter } from './for-xml.ts';
import type { InnerQuery } from './inner-query.ts';
import { isRow, type Row } from './row-source.ts';

/** FOR JSON and FOR XML: the whole result as one text, which the client gets in several rows unless `single`. */
export function wrapFor(query: InnerQuery, clause: ast.ForJson | ast.ForXml, single: boolean): InnerQuery {
  if (query.assignments)
    throw new SqlError(
      6819,
      `The FOR ${clause.kind.toUpperCase()} clause is not allowed in a ASSIGNMENT statement.`,
      16,
      1,
      clause.line,
    );
  const makeFormatter = formatterFor(query, clause);
  makeFormatter();
  const isXml = clause.kind === 'xml' && clause.type;
  const name =
    clause.kind === 'json' ? 'JSON_F52E2B61-18A1-11d1-B105-00805F49916B' : 'XML_F52E2B61-18A1-11d1-B105-00805F49916B';
  const type = isXml ? XML : NVARCHAR_MAX;
  return {
    columns: [{ name: isXml && !single ? '' : name, type, nullable: true, table: null, json: clause.kind === 'json' }],
    correlated: query.correlated,
    ...(query.plan ? { plan: query.plan } : {}),
    *run(outer): RowStream {
      const formatter = makeFormatter();
      for (const item of query.run(outer)) {
        if (isRow(item)) formatter.add(item);
        else yield item;
      }
      const text = formatter.result();
      if (text === undefined) return;
      if (single || isXml) yield [text];
      else yield* chunks(text);
    },
  };
}

interface Formatter {
  add(row: Row): void;
  result(): string | undefined;
}

function formatterFor(query: InnerQuery, clause: ast.ForJson | ast.ForXml): () => Formatter {
  if (clause.kind === 'json') {
    const columns = query.columns.map(column => ({
      name: column.name,
      type: column.type,
      raw: column.json,
      table: column.table,
    }));
    const options = {
      mode: clause.mode,
      root: clause.root,
      includeNulls: clause.includeNullValues,
      withoutArrayWrapper: clause.withoutArrayWrapper,
    };
    return () => new JsonFormatter(columns, options);
  }
  const { mode } = clause;
  const columns = query.columns.map(({ name, type, table, shownTable }) => ({
    name,
    type,
    table: shownTable ?? table,
  }));
  const options = {
    mode,
    element: clause.elementName ?? 'row',
    root: clause.root,
    elements: clause.elements !== undefined,
    nil: clause.elements === 'xsinil',
    binaryBase64: clause.binaryBase64,
  };
  return () => new XmlFormatter(columns, options);
}
