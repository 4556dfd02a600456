import { converter } from '../convert.ts';
import { notSupported, SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { isApproximate, isBinary, isDateTime, NVARCHAR_MAX } from '../types.ts';
import { escapeAttribute } from '../xml-text.ts';
import { AutoNesting } from './auto-nesting.ts';
import { isoText, scientific } from './for-json.ts';
import type { Row } from './row-source.ts';

export interface XmlColumn {
  readonly name: string | null;
  readonly type: SqlType;
  /** AUTO: the alias of the column's table. */
  readonly table: string | null;
}

export interface XmlOptions {
  readonly mode: 'raw' | 'path' | 'auto';
  /** Name of the row element; '' leaves it out (PATH only). */
  readonly element: string;
  readonly root?: string;
  readonly elements: boolean;
  /** ELEMENTS XSINIL. */
  readonly nil: boolean;
  readonly binaryBase64: boolean;
}

/** FOR XML RAW, PATH and AUTO: turns rows into one text. */
export class XmlFormatter {
  private readonly options: XmlOptions;
  private readonly format: (row: Row) => void;
  private readonly finish: () => void;
  private readonly parts: string[] = [];

  constructor(columns: readonly XmlColumn[], options: XmlOptions) {
    this.options = options;
    if (options.mode === 'raw' && options.element === '' && !options.elements) {
      throw new SqlError(
        6864,
        'Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.',
      );
    }
    if (options.mode === 'auto') {
      const nesting = autoNesting(columns, options, text => this.parts.push(text));
      this.format = row => nesting.add(row);
      this.finish = () => nesting.end();
      return;
    }
    const format = options.mode === 'raw' ? rawFormat(columns, options) : pathFormat(columns, options);
    this.format = row => this.parts.push(format(row));
    this.finish = () => undefined;
  }

  add(row: Row): void {
    this.format(row);
  }

  /** Returns undefined for an empty result without a root element. */
  result(): string | undefined {
    this.finish();
    const { root, nil } = this.options;
    if (this.parts.length === 0) return root === undefined ? undefined : `<${root}${nil ? XSI : ''}/>`;
    const body = this.parts.join('');
    return root === undefined ? body : `<${root}${nil ? XSI : ''}>${body}</${root}>`;
  }
}

const XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

const escapeText = (text: string): string =>
  text.replace(/[&<>\r]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#x0D;' })[c]!);

/** Converts a column's name to an XML name: invalid characters become _xHHHH_. */
const xmlName = (name: string): string =>
  name.replace(/./gsu, (c, at: number) => {
    const allowed = at === 0 ? /[\p{L}_]/u : /[\p{L}\p{N}_.\-:]/u;
    return allowed.test(c) ? c : `_x${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}_`;
  });

function textOf(column: XmlColumn, options: XmlOptions): (v: Value) => string {
  const { type } = column;
  if (isApproximate(type)) return v => scientific(v as number, type.name === 'real' ? 7 : 15);
  if (isDateTime(type)) return isoText(type);
  if (isBinary(type)) {
    if (options.mode !== 'path' && !options.binaryBase64) {
      throw new SqlError(
        6829,
        "FOR XML EXPLICIT and RAW modes currently do not support addressing binary data as URLs in column '" +
          (column.name ?? '') +
          "'. Remove the column, or use the BINARY BASE64 mode, or create the URL directly using the 'dbobject/TABLE[@PK1=\"V1\"]/@COLUMN' syntax.",
      );
    }
    return v => Buffer.from(v as Uint8Array).toString('base64');
  }
  const text = converter(type, NVARCHAR_MAX, type.name.includes('money') ? { style: 2 } : {});
  return v => String(text(v));
}

interface Field {
  readonly name: string;
  readonly text: (v: Value) => string;
  readonly raw: boolean;
}

function fieldsOf(columns: readonly XmlColumn[], options: XmlOptions): Field[] {
  return columns.map(column => {
    if (!column.name) {
      throw new SqlError(
        6809,
        'Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.',
      );
    }
    if (column.type.name === 'xml' && !options.elements) throw notSupported('xml columns as attributes in FOR XML');
    return { name: xmlName(column.name), text: textOf(column, options), raw: column.type.name === 'xml' };
  });
}

const attribute = (field: Field, value: Value): string =>
  value === null ? '' : ` ${field.name}="${escapeAttribute(field.text(value))}"`;

function autoNesting(columns: readonly XmlColumn[], options: XmlOptions, emit: (text: string) => void): AutoNesting {
  const fields = fieldsOf(columns, options);
  const nesting: AutoNesting = new AutoNesting(columns, {
    own: (places, row) =>
      places
        .map(i => {
          const field = fields[i]!;
          return options.elements
            ? element(field.name, row[i]!, field.text, field.raw, options.nil)
            : attribute(field, row[i]!);
        })
        .join(''),
    wrap: (level, own, inner) => {
      const tag = xmlName(nesting.levels[level]!.name || 'row');
      const attributes = options.elements ? '' : own;
      const content = (options.elements ? own : '') + (inner?.join('') ?? '');
      const nilSpace = options.nil && level === 0 && options.root === undefined ? XSI : '';
      return wrap({ name: tag, attributes: nilSpace + attributes, content, lastWasData: false });
    },
    emit,
  });
  return nesting;
}

function rawFormat(columns: readonly XmlColumn[], options: XmlOptions): (row: Row) => string {
  const tag = xmlName(options.element);
  const fields = fieldsOf(columns, options);
  const nilSpace = options.nil && options.root === undefined ? XSI : '';
  return row => {
    if (!options.elements) {
      const attributes = fields.map((field, i) => attribute(field, row[i]!));
      return `<${tag}${attributes.join('')}/>`;
    }
    const body = fields.map((f, i) => element(f.name, row[i]!, f.text, f.raw, options.nil)).join('');
    if (tag === '') return body;
    return body ? `<${tag}${nilSpace}>${body}</${tag}>` : `<${tag}${nilSpace}/>`;
  };
}

function element(name: string, value: Value, text: (v: Value) => string, raw: boolean, nil: boolean): string {
  if (value === null) return nil ? `<${name} xsi:nil="true"/>` : '';
  const content = raw ? text(value) : escapeText(text(value));
  return content === '' ? `<${name}></${name}>` : `<${name}>${content}</${name}>`;
}

/** The XML that a column of FOR XML PATH becomes, inside the elements `path`. */
interface PathField {
  readonly path: readonly string[];
  readonly kind: 'element' | 'attribute' | 'text' | 'data' | 'comment';
  readonly name: string;
  readonly text: (v: Value) => string;
  readonly raw: boolean;
}

function pathField(column: XmlColumn, options: XmlOptions): PathField {
  const text = textOf(column, options);
  const raw = column.type.name === 'xml';
  const content = { path: [], kind: 'text' as const, name: '', text, raw };
  if (!column.name || column.name === '*' || column.name === 'node()') return content;
  if (column.name.startsWith('/') || column.name.endsWith('/') || column.name.includes('//')) {
    throw new SqlError(
      6850,
      `Column name '${column.name}' contains an invalid XML identifier as required by FOR XML; '/'(0x002F) is the first character at fault.`,
    );
  }
  const steps = column.name.split('/');
  const last = steps.pop()!;
  const path = steps.map(xmlName);
  if (last === 'text()' || last === 'node()' || last === '*') return { ...content, path };
  if (last === 'data()') return { ...content, path, kind: 'data' };
  if (last === 'comment()') return { ...content, path, kind: 'comment' };
  if (last.startsWith('processing-instruction')) throw notSupported('processing instructions in FOR XML PATH');
  if (last.startsWith('@')) return { path, kind: 'attribute', name: xmlName(last.slice(1)), text, raw };
  return { path, kind: 'element', name: xmlName(last), text, raw };
}

/** An unfinished element, to which the following columns may add. */
interface Open {
  readonly name: string;
  attributes: string;
  content: string;
  lastWasData: boolean;
}

function pathFormat(columns: readonly XmlColumn[], options: XmlOptions): (row: Row) => string {
  const fields = columns.map(column => pathField(column, options));
  checkAttributeOrder(fields, columns, options);
  const rowTag = options.element === '' ? '' : xmlName(options.element);
  const nilSpace = options.nil && options.root === undefined ? XSI : '';
  // Without a row element, data() of one row and of the next are neighbours.
  let endedWithData = false;
  return row => {
    const stack: Open[] = [
      { name: rowTag, attributes: nilSpace, content: '', lastWasData: rowTag === '' && endedWithData },
    ];
    const close = (depth: number): void => {
      while (stack.length > depth) {
        const done = stack.pop()!;
        const parent = stack[stack.length - 1]!;
        parent.content += wrap(done);
        parent.lastWasData = false;
      }
    };
    fields.forEach((field, i) => {
      const value = row[i]!;
      if (value === null && !(options.nil && field.kind === 'element')) return;
      let common = 0;
      while (common < field.path.length && stack[common + 1]?.name === field.path[common]) common++;
      close(common + 1);
      for (const name of field.path.slice(common))
        stack.push({ name, attributes: '', content: '', lastWasData: false });
      const open = stack[stack.length - 1]!;
      add(open, field, value, options.nil);
    });
    close(1);
    endedWithData = stack[0]!.lastWasData;
    return rowTag === '' ? stack[0]!.content : wrap(stack[0]!);
  };
}

function add(open: Open, field: PathField, value: Value, nil: boolean): void {
  const escaped = (): string => (field.raw ? field.text(value) : escapeText(field.text(value)));
  const afterData = open.lastWasData;
  open.lastWasData = field.kind === 'data';
  switch (field.kind) {
    case 'attribute':
      open.attributes += ` ${field.name}="${escapeAttribute(field.text(value))}"`;
      return;
    case 'element':
      open.content += element(field.name, value, field.text, field.raw, nil);
      return;
    case 'comment':
      open.content += `<!--${field.text(value)}-->`;
      return;
    case 'data':
      open.content += (afterData ? ' ' : '') + escaped();
      return;
    case 'text':
      open.content += escaped();
  }
}

const wrap = (open: Open): string =>
  open.content === ''
    ? `<${open.name}${open.attributes}/>`
    : `<${open.name}${open.attributes}>${open.content}</${open.name}>`;

function checkAttributeOrder(fields: readonly PathField[], columns: readonly XmlColumn[], options: XmlOptions): void {
  fields.forEach((field, i) => {
    if (field.kind !== 'attribute') return;
    if (field.path.length === 0 && options.element === '') {
      throw new SqlError(
        6864,
        'Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.',
      );
    }
    const before = fields[i - 1];
    if (!before) return;
    const inside = before.path.length >= field.path.length && field.path.every((step, k) => before.path[k] === step);
    const sibling = inside && (before.path.length > field.path.length || before.kind !== 'attribute');
    if (sibling) {
      throw new SqlError(
        6852,
        `Attribute-centric column '${columns[i]!.name}' must not come after a non-attribute-centric sibling in XML hierarchy in FOR XML PATH.`,
      );
    }
  });
}
