import { distinctNames } from '../../../common/distinct-names.js';
import type { CellValue, ResultColumn } from '../../../database/driver/result-set.js';
import type { FileOutput } from '../../file-output.js';
import { TextBuffer } from '../text-buffer.js';
import { shapeOf } from '../column-kind.js';
import type { FileFacts, FileWriter } from '../file-writer.js';
import { cellText } from './cell-text.js';
import { type CellMaker, cellMakerOf } from './cells.js';
import { STYLE } from './styles.js';
import { aboutSheet, MAIN, workbookParts, XML } from './workbook-parts.js';
import { MAX_ENTRY_BYTES, ZipArchive } from './zip-archive.js';

/** Excel's limit, with the header line. */
const MAX_SHEET_ROWS = 1_048_576;
/** Bytes of XML on their way to the compressor, and room for the row that makes a chunk full. */
const CHUNK = 256 * 1024;
const SPARE = 64 * 1024;
const WIDTHS: Readonly<Partial<Record<ReturnType<typeof shapeOf>['kind'], number>>> = {
  date: 11,
  datetime: 23,
  datetimeoffset: 34,
  uuid: 37,
  other: 24,
};

export interface SheetLimits {
  /** Rows of a sheet with its header; more go on in a further sheet. */
  readonly rows: number;
}

/** An Excel workbook (ECMA-376), written front to back: the sheets with the rows, and one that says what the file is. */
export class XlsxWriter implements FileWriter {
  private readonly archive: ZipArchive;
  private makers: readonly CellMaker[] = [];
  private letters: readonly string[] = [];
  private head = '';
  private header = '';
  /** One is filled while the other is compressed. */
  private filling = new TextBuffer(CHUNK + SPARE);
  private compressing = new TextBuffer(CHUNK + SPARE);
  /** Rows in the open sheet, the header included. */
  private sheetRows = 0;
  private sheets = 0;
  private rows = 0;
  private opening: Promise<void> | undefined;

  constructor(
    output: FileOutput,
    private readonly facts: FileFacts,
    private readonly limits: SheetLimits = { rows: MAX_SHEET_ROWS },
  ) {
    this.archive = new ZipArchive(output, facts.at);
  }

  begin(columns: readonly ResultColumn[]): void {
    this.makers = columns.map(cellMakerOf);
    this.letters = columns.map((_column, i) => lettersOf(i));
    const names = distinctNames(columns.map(column => column.name));
    const widths = columns.map((column, i) => {
      const width = WIDTHS[shapeOf(column).kind] ?? 14;
      return `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`;
    });
    this.head = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`;
    this.header = names
      .map(
        (name, i) =>
          `<c r="${this.letters[i]}1" s="${STYLE.header}" t="inlineStr"><is><t xml:space="preserve">${cellText(name, name)}</t></is></c>`,
      )
      .join('');
    this.opening = this.openSheet();
    // It is reported to the first row or to `finish`.
    this.opening.catch(() => {});
  }

  row(row: readonly CellValue[]): void | Promise<void> {
    if (this.opening !== undefined) return this.afterOpening(row);
    if (this.sheetRows >= this.limits.rows || this.archive.size >= MAX_ENTRY_BYTES) return this.inNextSheet(row);
    const number = ++this.sheetRows;
    let line = `<row r="${number}">`;
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? null;
      if (value !== null) line += `<c r="${this.letters[i]}${number}"${this.makers[i]?.(value)}`;
    }
    this.filling.add(`${line}</row>`);
    this.rows++;
    return this.filling.length < CHUNK ? undefined : this.passOn();
  }

  async finish(): Promise<void> {
    await this.opening;
    await this.closeSheet();
    const names = Array.from({ length: this.sheets }, (_, i) => (i === 0 ? 'Data' : `Data ${i + 1}`));
    await this.archive.add(`xl/worksheets/sheet${this.sheets + 1}.xml`, aboutSheet(this.facts, this.rows));
    for (const { name, text } of workbookParts([...names, 'About'])) await this.archive.add(name, text);
    await this.archive.finish();
  }

  private async afterOpening(row: readonly CellValue[]): Promise<void> {
    await this.opening;
    this.opening = undefined;
    await this.row(row);
  }

  private async inNextSheet(row: readonly CellValue[]): Promise<void> {
    await this.closeSheet();
    await this.openSheet();
    await this.row(row);
  }

  private async passOn(): Promise<void> {
    const full = this.filling;
    this.filling = this.compressing;
    this.compressing = full;
    await this.archive.write(full.lend());
  }

  private async openSheet(): Promise<void> {
    this.sheets++;
    this.sheetRows = 1;
    await this.archive.open(`xl/worksheets/sheet${this.sheets}.xml`);
    this.filling.add(`${this.head}<row r="1">${this.header}</row>`);
  }

  private async closeSheet(): Promise<void> {
    this.filling.add('</sheetData></worksheet>');
    await this.passOn();
    await this.archive.close();
  }
}

/** A, B, … Z, AA, … */
function lettersOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : lettersOf(Math.floor(index / 26) - 1) + last;
}
