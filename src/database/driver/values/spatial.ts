// MS-SSCLRT 2.2: geography and geometry have one layout; a geography stores latitude before longitude, and its text
// (Well-Known Text, OGC 06-103r4 §7) names longitude first.

const FLAG = {
  hasZ: 0x01,
  hasM: 0x02,
  isSinglePoint: 0x08,
  isSingleLine: 0x10,
} as const;

const SHAPES: Readonly<Record<number, string>> = {
  1: 'POINT',
  2: 'LINESTRING',
  3: 'POLYGON',
  4: 'MULTIPOINT',
  5: 'MULTILINESTRING',
  6: 'MULTIPOLYGON',
  7: 'GEOMETRYCOLLECTION',
  8: 'CIRCULARSTRING',
  9: 'COMPOUNDCURVE',
  10: 'CURVEPOLYGON',
  11: 'FULLGLOBE',
};

interface Figure {
  /** Version 1: 0 interior ring, 1 stroke, 2 exterior ring. Version 2: 0 point, 1 line, 2 arc, 3 composite. */
  readonly kind: number;
  readonly from: number;
}
interface Shape {
  readonly parent: number;
  readonly figure: number;
  readonly type: number;
}

interface Layout {
  readonly version: number;
  readonly points: readonly string[];
  readonly figures: readonly Figure[];
  readonly shapes: readonly Shape[];
  /** The segments of all composite figures, in the order in which they are read. */
  readonly segments: SegmentCursor;
}

/**
 * Returns Well-Known Text; undefined for values that the published format does not cover. Throws RangeError for
 * truncated bytes.
 */
export function spatialText(bytes: Buffer, geography: boolean): string | undefined {
  const version = bytes.readUInt8(4);
  if (version !== 1 && version !== 2) return undefined;
  const layout = readLayout(bytes, version, geography);
  return layout.shapes.length === 0 ? undefined : shapeText(layout, 0);
}

function readLayout(bytes: Buffer, version: number, geography: boolean): Layout {
  const properties = bytes.readUInt8(5);
  let at = 6;
  const int = (): number => {
    at += 4;
    return bytes.readInt32LE(at - 4);
  };
  const double = (): number => {
    at += 8;
    return bytes.readDoubleLE(at - 8);
  };
  const single = (properties & FLAG.isSinglePoint) !== 0;
  const line = (properties & FLAG.isSingleLine) !== 0;
  const count = single ? 1 : line ? 2 : int();
  if (count < 0 || count * 16 > bytes.length) throw new RangeError('more points than bytes');
  const pairs = Array.from({ length: count }, () => {
    const first = double();
    const second = double();
    return geography ? [second, first] : [first, second];
  });
  const z = (properties & FLAG.hasZ) !== 0 ? Array.from({ length: count }, double) : undefined;
  const m = (properties & FLAG.hasM) !== 0 ? Array.from({ length: count }, double) : undefined;
  const points = pairs.map((pair, i) => pointText(pair, z?.[i], m?.[i]));
  if (single || line)
    return {
      version,
      points,
      figures: [{ kind: 1, from: 0 }],
      shapes: [{ parent: -1, figure: 0, type: single ? 1 : 2 }],
      segments: new SegmentCursor([]),
    };
  const figures = Array.from({ length: bounded(int(), bytes) }, () => ({ kind: bytes.readUInt8(at++), from: int() }));
  const shapes = Array.from({ length: bounded(int(), bytes) }, () => ({
    parent: int(),
    figure: int(),
    type: bytes.readUInt8(at++),
  }));
  const segments =
    version === 2 && at + 4 <= bytes.length
      ? Array.from({ length: bounded(int(), bytes) }, () => bytes.readUInt8(at++))
      : [];
  return { version, points, figures, shapes, segments: new SegmentCursor(segments) };
}

function bounded(count: number, bytes: Buffer): number {
  if (count < 0 || count > bytes.length) throw new RangeError('more parts than bytes');
  return count;
}

function pointText(pair: readonly number[], z: number | undefined, m: number | undefined): string {
  const numbers = [...pair];
  const hasM = m !== undefined && !Number.isNaN(m);
  if (z !== undefined && !Number.isNaN(z)) numbers.push(z);
  const plain = numbers.map(plainNumber);
  if (hasM) {
    if (plain.length === 2) plain.push('NULL');
    plain.push(plainNumber(m));
  }
  return plain.join(' ');
}

function plainNumber(value: number): string {
  return Object.is(value, -0) ? '0' : String(value).replace('e', 'E');
}

function shapeText(layout: Layout, index: number): string {
  const name = SHAPES[layout.shapes[index]?.type ?? 0];
  if (name === undefined) throw new RangeError('unknown shape');
  if (name === 'FULLGLOBE') return name;
  const body = shapeBody(layout, index);
  return `${name} ${body ?? 'EMPTY'}`;
}

/** The text after the name of the shape, or undefined when the shape is empty. */
function shapeBody(layout: Layout, index: number): string | undefined {
  const shape = layout.shapes[index];
  if (shape === undefined) throw new RangeError('no such shape');
  const children = layout.shapes.flatMap((other, i) => (other.parent === index ? [i] : []));
  const figures = figuresOf(layout, index);
  switch (shape.type) {
    case 1:
    case 2:
    case 8:
      return figures.length === 0 ? undefined : `(${pointsOf(layout, figures[0] ?? 0)})`;
    case 3:
      return figures.length === 0 ? undefined : `(${figures.map(f => `(${pointsOf(layout, f)})`).join(', ')})`;
    case 4:
    case 5:
    case 6:
      return children.length === 0 ? undefined : `(${children.map(c => shapeBody(layout, c) ?? 'EMPTY').join(', ')})`;
    case 7:
      return children.length === 0 ? undefined : `(${children.map(c => shapeText(layout, c)).join(', ')})`;
    case 9:
      return figures.length === 0 ? undefined : compoundText(layout, figures[0] ?? 0);
    case 10:
      return figures.length === 0 ? undefined : `(${figures.map(f => ringText(layout, f)).join(', ')})`;
    default:
      throw new RangeError('unknown shape');
  }
}

/** The figures of a shape: from its first one to the first one of the next shape that has figures. */
function figuresOf(layout: Layout, index: number): readonly number[] {
  const first = layout.shapes[index]?.figure ?? -1;
  if (first < 0) return [];
  const end = layout.shapes.slice(index + 1).find(shape => shape.figure > first)?.figure ?? layout.figures.length;
  return Array.from({ length: Math.max(end - first, 0) }, (_, i) => first + i);
}

function rangeOf(layout: Layout, figure: number): readonly string[] {
  const from = layout.figures[figure]?.from ?? 0;
  const to = layout.figures[figure + 1]?.from ?? layout.points.length;
  return layout.points.slice(from, to);
}

function pointsOf(layout: Layout, figure: number): string {
  return rangeOf(layout, figure).join(', ');
}

class SegmentCursor {
  private at = 0;
  constructor(private readonly segments: readonly number[]) {}
  /** 0 line, 1 arc, 2 first line, 3 first arc. */
  next(): number {
    const segment = this.segments[this.at++];
    if (segment === undefined) throw new RangeError('fewer segments than points');
    return segment;
  }
  peek(): number | undefined {
    return this.segments[this.at];
  }
}

function ringText(layout: Layout, figure: number): string {
  switch (layout.figures[figure]?.kind) {
    case 2:
      return `CIRCULARSTRING (${pointsOf(layout, figure)})`;
    case 3:
      return `COMPOUNDCURVE ${compoundText(layout, figure)}`;
    default:
      return `(${pointsOf(layout, figure)})`;
  }
}

/** A line segment adds one point and an arc two; adjacent segments share a point. */
function compoundText(layout: Layout, figure: number): string {
  const cursor = layout.segments;
  const points = rangeOf(layout, figure);
  const parts: string[] = [];
  let at = 0;
  while (at < points.length - 1) {
    const arc = cursor.next() % 2 === 1;
    const from = at;
    at += arc ? 2 : 1;
    while (at < points.length - 1 && cursor.peek() === (arc ? 1 : 0)) {
      cursor.next();
      at += arc ? 2 : 1;
    }
    parts.push(`${arc ? 'CIRCULARSTRING ' : ''}(${points.slice(from, at + 1).join(', ')})`);
  }
  return `(${parts.join(', ')})`;
}
