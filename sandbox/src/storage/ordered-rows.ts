import type { StoredRow } from './table.ts';

/** Full chunks are split in two; 256 keeps both the copy of a chunk and the list of chunks of 100,000 rows short. */
const CHUNK = 256;

interface Chunk {
  epoch: number;
  readonly rows: StoredRow[];
}

/**
 * Rows in key order, in chunks. A scan keeps the current list; from then on writers copy the chunks that they change
 * (copy on write, by epoch). A scan therefore sees one state of the table however long it takes, and an UPDATE never
 * reads its own new rows (the Halloween problem).
 */
export class OrderedRows {
  private readonly compare: (a: StoredRow, b: StoredRow) => number;
  private chunks: Chunk[] = [];
  private listEpoch = 0;
  private epoch = 0;
  private rowCount = 0;

  constructor(compare: (a: StoredRow, b: StoredRow) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.rowCount;
  }

  scan(): Iterable<StoredRow> {
    this.epoch++;
    return iterate(this.chunks);
  }

  insert(row: StoredRow): void {
    const list = this.ownList();
    this.rowCount++;
    if (list.length === 0) {
      list.push({ epoch: this.epoch, rows: [row] });
      return;
    }
    const at = this.chunkOf(row);
    const chunk = this.ownChunk(at);
    const rows = chunk.rows;
    const position = this.lowerBound(rows, row);
    if (position === rows.length) rows.push(row);
    else rows.splice(position, 0, row);
    if (rows.length > CHUNK) {
      // Appending is the common case: leave the full chunk full then.
      const half = at === list.length - 1 && position === rows.length - 1 ? rows.length - 1 : rows.length >> 1;
      list.splice(at + 1, 0, { epoch: this.epoch, rows: rows.splice(half) });
    }
  }

  delete(row: StoredRow): void {
    const at = this.chunkOf(row);
    const found = this.position(at, row);
    if (found < 0) return;
    this.rowCount--;
    const chunk = this.ownChunk(at);
    chunk.rows.splice(found, 1);
    if (chunk.rows.length === 0) this.ownList().splice(at, 1);
  }

  /** Replaces a row by a new version in the same place; returns false when the key has changed. */
  inPlace(old: StoredRow, row: StoredRow): boolean {
    if (this.compare(old, row) !== 0) return false;
    const at = this.chunkOf(old);
    const found = this.position(at, old);
    if (found < 0) return false;
    this.ownChunk(at).rows[found] = row;
    return true;
  }

  private position(at: number, row: StoredRow): number {
    const rows = this.chunks[at]?.rows;
    if (!rows) return -1;
    const found = this.lowerBound(rows, row);
    return rows[found]?.id === row.id ? found : -1;
  }

  /** The chunk that holds the row or would receive it: the last one whose first row is not greater. */
  private chunkOf(row: StoredRow): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.compare(this.chunks[middle]!.rows[0]!, row) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private lowerBound(rows: readonly StoredRow[], row: StoredRow): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(rows[middle]!, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private ownList(): Chunk[] {
    if (this.listEpoch !== this.epoch) {
      this.chunks = this.chunks.slice();
      this.listEpoch = this.epoch;
    }
    return this.chunks;
  }

  private ownChunk(at: number): Chunk {
    const chunk = this.chunks[at]!;
    if (chunk.epoch === this.epoch) return chunk;
    const copy = { epoch: this.epoch, rows: chunk.rows.slice() };
    this.ownList()[at] = copy;
    return copy;
  }
}

function* iterate(chunks: readonly Chunk[]): Generator<StoredRow, void, void> {
  for (const chunk of chunks) yield* chunk.rows;
}
