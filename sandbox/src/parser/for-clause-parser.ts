import { notSupported } from '../engine/sql-error.ts';
import type { ForJson, ForXml } from './ast.ts';
import { syntaxError } from './syntax-error.ts';
import { TableSourceParser } from './table-source-parser.ts';

/** FOR JSON and FOR XML at the end of a query. */
export abstract class ForClauseParser extends TableSourceParser {
  protected forClause(): ForJson | ForXml | undefined {
    const { line } = this.token;
    if (this.ahead('FOR', 'BROWSE')) throw notSupported('FOR BROWSE', line);
    if (this.eat('FOR', 'JSON')) return this.json(line);
    if (this.eat('FOR', 'XML')) return this.xml(line);
    if (this.is('FOR')) throw this.unexpected();
    return undefined;
  }

  private json(line: number): ForJson {
    const mode = this.eatOne('AUTO', 'PATH');
    if (!mode) throw this.unexpected();
    let root: string | undefined;
    let includeNullValues = false;
    let withoutArrayWrapper = false;
    while (this.eat(',')) {
      if (this.eat('ROOT')) root = this.quotedName() ?? 'root';
      else if (this.eat('INCLUDE_NULL_VALUES')) includeNullValues = true;
      else if (this.eat('WITHOUT_ARRAY_WRAPPER')) withoutArrayWrapper = true;
      else throw this.unexpected();
    }
    if (root !== undefined && withoutArrayWrapper) {
      const message =
        'ROOT option and WITHOUT_ARRAY_WRAPPER option cannot be used together in FOR JSON. Remove one of these options.';
      throw syntaxError(13620, message, line);
    }
    return {
      kind: 'json',
      mode: mode === 'AUTO' ? 'auto' : 'path',
      root,
      includeNullValues,
      withoutArrayWrapper,
      line,
    };
  }

  private xml(line: number): ForXml {
    if (this.is('EXPLICIT')) throw notSupported('FOR XML EXPLICIT', line);
    const mode = this.eatOne('RAW', 'AUTO', 'PATH');
    if (!mode) throw this.unexpected();
    const elementName = mode === 'AUTO' ? undefined : this.quotedName();
    let root: string | undefined;
    let elements: ForXml['elements'];
    let type = false;
    let binaryBase64 = false;
    while (this.eat(',')) {
      if (this.eat('ROOT')) root = this.quotedName() ?? 'root';
      else if (this.eat('TYPE')) type = true;
      else if (this.eat('BINARY', 'BASE64')) binaryBase64 = true;
      else if (this.eat('ELEMENTS')) {
        elements = this.eat('XSINIL') ? 'xsinil' : 'absent';
        this.eat('ABSENT');
      } else if (this.is('XMLDATA', 'XMLSCHEMA')) throw notSupported(`FOR XML … ${this.token.upper}`, line);
      else throw this.unexpected();
    }
    const lower = mode === 'RAW' ? 'raw' : mode === 'AUTO' ? 'auto' : 'path';
    return { kind: 'xml', mode: lower, elementName, root, elements, type, binaryBase64, line };
  }

  /** ('name'). */
  private quotedName(): string | undefined {
    if (!this.eat('(')) return undefined;
    const name = this.string();
    this.need(')');
    return name;
  }
}
