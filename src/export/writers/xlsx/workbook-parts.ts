import type { FileFacts } from '../file-writer.js';
import { attributeText, cellText } from './cell-text.js';
import { STYLE, STYLES_XML } from './styles.js';

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
/** Characters of the statement in one cell of the sheet about the file. */
const PIECE = 30_000;

export interface Part {
  readonly name: string;
  readonly text: string;
}

/** The parts beside the sheets, whose names are known only at the end (ECMA-376 part 1, §12.3). */
export function workbookParts(sheets: readonly string[]): readonly Part[] {
  const numbered = sheets.map((name, i) => ({ name, id: i + 1 }));
  const stylesId = sheets.length + 1;
  return [
    { name: 'xl/styles.xml', text: STYLES_XML },
    {
      name: 'xl/workbook.xml',
      text: `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbered
        .map(({ name, id }) => `<sheet name="${attributeText(name)}" sheetId="${id}" r:id="rId${id}"/>`)
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: relations([
        ...numbered.map(({ id }) => [`rId${id}`, 'worksheet', `worksheets/sheet${id}.xml`] as const),
        [`rId${stylesId}`, 'styles', 'styles.xml'],
      ]),
    },
    { name: '_rels/.rels', text: relations([['rId1', 'officeDocument', 'xl/workbook.xml']]) },
    {
      name: '[Content_Types].xml',
      text: `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${numbered
        .map(({ id }) => `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="${TYPES}.worksheet+xml"/>`)
        .join('')}</Types>`,
    },
  ];
}

function relations(entries: readonly (readonly [id: string, type: string, target: string])[]): string {
  const items = entries.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${items.join('')}</Relationships>`;
}

/** The sheet that says what the file is. */
export function aboutSheet(facts: FileFacts, rows: number): string {
  const pieces = Array.from({ length: Math.ceil(facts.statement.length / PIECE) }, (_, i) =>
    facts.statement.slice(i * PIECE, (i + 1) * PIECE),
  );
  const lines: readonly (readonly [string, string])[] = [
    ['Exported by', facts.person],
    ['At', facts.at.toISOString()],
    ['Environment', facts.tenant],
    ['Database', facts.database],
    ...(facts.definition === undefined ? [] : [['Definition', facts.definition] as const]),
    ['Rows', String(rows)],
    ...pieces.map((piece, i) => [i === 0 ? 'Statement' : '', piece] as const),
  ];
  return `${XML}<worksheet xmlns="${MAIN}"><cols><col min="1" max="1" width="16" customWidth="1"/><col min="2" max="2" width="100" customWidth="1"/></cols><sheetData>${lines
    .map(
      ([name, value], i) =>
        `<row r="${i + 1}">${line(`A${i + 1}`, name, STYLE.header)}${line(`B${i + 1}`, value, STYLE.text)}</row>`,
    )
    .join('')}</sheetData></worksheet>`;
}

function line(place: string, text: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${cellText(text, '')}</t></is></c>`;
}
