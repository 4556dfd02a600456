import type { Row } from './row-source.ts';

/** How the levels of FOR JSON AUTO and FOR XML AUTO are written. */
export interface AutoFormat {
  /** The text of a level's own columns. */
  own(places: readonly number[], row: Row): string;
  /** An object with its nested objects; `inner` is undefined on the innermost level. */
  wrap(level: number, own: string, inner: readonly string[] | undefined): string;
  /** A finished object of the outermost level. */
  emit(text: string): void;
}

/**
 * The nesting of the AUTO modes: each table of the select list is a level, nested in the one before in the order of
 * their first columns; consecutive rows with equal values on a level share its object. An expression belongs to the level
 * of the column before it.
 */
export class AutoNesting {
  readonly levels: { readonly name: string; readonly places: number[] }[] = [];
  private readonly format: AutoFormat;
  /** For each level: the own columns of its current object, and the finished objects beside it. */
  private open: { own: string; done: string[] }[] = [];

  constructor(columns: readonly { readonly table: string | null }[], format: AutoFormat) {
    this.format = format;
    let deepest = 0;
    const names = new Map<string, number>();
    columns.forEach(({ table }, i) => {
      let level = deepest;
      if (table !== null) {
        const known = names.get(table.toLowerCase());
        level = known ?? names.size;
        names.set(table.toLowerCase(), level);
        deepest = Math.max(deepest, level);
      }
      // Expressions before any column of a table share the first table's level.
      const there = this.levels[level];
      if (!there) this.levels[level] = { name: table ?? '', places: [i] };
      else {
        there.places.push(i);
        if (there.name === '' && table !== null) this.levels[level] = { name: table, places: there.places };
      }
    });
  }

  add(row: Row): void {
    const own = this.levels.map(level => this.format.own(level.places, row));
    let same = 0;
    // The innermost level always gets a new object.
    while (same < this.levels.length - 1 && this.open[same]?.own === own[same]) same++;
    this.close(same);
    for (let level = same; level < this.levels.length; level++) {
      this.open[level] = { own: own[level]!, done: this.open[level]?.done ?? [] };
    }
  }

  end(): void {
    if (this.open.length > 0) this.close(0);
  }

  /** Finishes the objects from the innermost level out to `level`. */
  private close(level: number): void {
    for (let at = this.open.length - 1; at >= level; at--) {
      const inner = this.open[at + 1];
      const text = this.format.wrap(at, this.open[at]!.own, inner?.done);
      if (inner) inner.done = [];
      if (at === 0) this.format.emit(text);
      else this.open[at]!.done.push(text);
    }
  }
}
