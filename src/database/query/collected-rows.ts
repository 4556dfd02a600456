import type { CellValue, QueryResult, ResultColumn, ResultSet } from '../driver/result-set.js';
import { type CellLimit, CUT_NOTE } from '../driver/values/cut-text.js';
import type { RowLimiter, RowSink } from './row-limiter.js';
import { shortenedRow } from './row-shortener.js';

/** Collects the rows in memory. */
export class CollectedRows implements RowSink {
  private readonly sets: { columns: readonly ResultColumn[]; rows: (readonly CellValue[])[] }[] = [];
  private readonly shortened: CellLimit = { maxBytes: 0, cutCells: 0 };

  /** `maxRowBytes`: the longest texts of a row are shortened until they have at most so many bytes together. */
  constructor(
    private readonly measureRow: (row: readonly CellValue[], columns: readonly ResultColumn[]) => number,
    private readonly maxRowBytes = Infinity,
  ) {}

  columns(columns: readonly ResultColumn[]): void {
    this.sets.push({ columns, rows: [] });
  }

  row(given: readonly CellValue[], bytesLeft: number): number | undefined {
    const set = this.sets[this.sets.length - 1];
    if (set === undefined) return 0;
    // A document has a column of its own, and only the size of the whole result limits it.
    const isDocument = set.columns[0]?.document === true;
    const row = isDocument ? given : shortenedRow(given, this.maxRowBytes, this.shortened);
    const bytes = this.measureRow(row, set.columns);
    if (bytes > bytesLeft) return undefined;
    set.rows.push(row);
    return bytes;
  }

  /** `arrivedCut`: the cells that the driver truncated, also those of rows that no limit let through. */
  result(response: RowLimiter, arrivedCut: number): QueryResult {
    const { truncatedBy } = response;
    const resultSets = this.sets.map((set, i): ResultSet =>
      truncatedBy !== undefined && response.cutSets.has(i) ? { ...set, truncatedBy } : set,
    );
    return {
      resultSets,
      affectedRows: response.affectedRows,
      messages: response.messages,
      bytes: response.bytes,
      cutCells: this.cutCells(arrivedCut),
      ...(response.ending === undefined ? {} : { ending: response.ending }),
    };
  }
  /** The driver reads rows ahead, so only the notes tell which rows the truncated cells are in. */
  private cutCells(arrivedCut: number): number {
    const most = arrivedCut + this.shortened.cutCells;
    if (most === 0) return 0;
    let cut = 0;
    for (const { rows } of this.sets)
      for (const row of rows) for (const cell of row) if (typeof cell === 'string' && CUT_NOTE.test(cell)) cut++;
    return Math.min(cut, most);
  }
}
