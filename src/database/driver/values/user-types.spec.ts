import { describe, expect, it } from '@jest/globals';
import { userTypeText } from './user-types.js';

const text = (type: string, hex: string) => userTypeText(type, Buffer.from(hex, 'hex'));

describe('hierarchyid', () => {
  // MS-SSCLRT 2.1.1 and the documentation of hierarchyid; bytes as CAST(CAST('/1/' AS hierarchyid) AS varbinary) gives.
  it.each([
    ['', '/'],
    ['58', '/1/'],
    ['68', '/2/'],
    ['78', '/3/'],
    ['84', '/4/'],
    ['5AC0', '/1/1/'],
    ['5B40', '/1/2/'],
    ['5ADE', '/1/1/3/'],
    ['A2', '/8/'],
    ['62C0', '/1.1/'],
    ['3F80', '/-1/'],
    ['48', '/0/'],
    ['E00440', '/80/'],
  ])('0x%s is %s', (hex, expected) => {
    expect(text('hierarchyid', hex)).toBe(expected);
  });

  it.each(['FF', '00FF00FF', '58FFFFFF'])('does not decode 0x%s, which is not a hierarchyid', hex => {
    expect(text('hierarchyid', hex)).toBeUndefined();
  });
});

describe('geography and geometry', () => {
  const point = (srid: number, x: number, y: number) => {
    const bytes = Buffer.alloc(22);
    bytes.writeInt32LE(srid, 0);
    bytes[4] = 1;
    bytes[5] = 0x0c;
    bytes.writeDoubleLE(x, 6);
    bytes.writeDoubleLE(y, 14);
    return bytes.toString('hex');
  };

  it.each([
    // The examples of MS-SSCLRT 3.1, and of the documentation of STAsBinary's neighbours.
    ['geometry', '00000000010c00000000000014400000000000002440', 'POINT (5 10)'],
    ['geography', 'e6100000010c6666666666d6474066666666669e5ec0', 'POINT (-122.475 47.675)'],
    [
      'geometry',
      '00000000011400000000000000000000000000000000000000000000f03f000000000000f03f',
      'LINESTRING (0 0, 1 1)',
    ],
    ['geometry', '000000000104000000000000000001000000ffffffffffffffff01', 'POINT EMPTY'],
    ['geometry', '000000000104000000000000000001000000ffffffffffffffff07', 'GEOMETRYCOLLECTION EMPTY'],
    [
      'geometry',
      '0000000001040200000000000000000000000000000000000000000000000000f03f00000000000000400200000001000000000101000000' +
        '03000000ffffffff0000000004000000000000000001000000000100000001',
      'MULTIPOINT ((0 0), (1 2))',
    ],
  ])('reads %s 0x%s', (type, hex, expected) => {
    expect(text(type, hex)).toBe(expected);
  });

  const doubles = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 8);
    values.forEach((value, i) => bytes.writeDoubleLE(value, i * 8));
    return bytes;
  };
  const hex = (text: string) => Buffer.from(text, 'hex');

  it('reads polygons with holes', () => {
    const ring = [0, 0, 0, 9, 9, 9, 0, 0];
    const hole = [1, 1, 2, 2, 1, 2, 1, 1];
    const bytes = Buffer.concat([
      hex('00000000010408000000'),
      doubles(...ring, ...hole),
      hex('0200000002000000000004000000'),
      hex('01000000ffffffff0000000003'),
    ]);
    expect(text('geometry', bytes.toString('hex'))).toBe('POLYGON ((0 0, 0 9, 9 9, 0 0), (1 1, 2 2, 1 2, 1 1))');
  });

  it('reads collections in collections', () => {
    // GEOMETRYCOLLECTION (POINT (1 2), MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), ((5 5, 5 6, 6 6, 5 5))), POINT (3 4))
    const bytes = Buffer.concat([
      hex('0000000001040a000000'),
      doubles(1, 2, 0, 0, 0, 1, 1, 1, 0, 0, 5, 5, 5, 6, 6, 6, 5, 5, 3, 4),
      hex('04000000' + '0100000000' + '0201000000' + '0205000000' + '0109000000'),
      hex('06000000' + 'ffffffff0000000007' + '000000000000000001' + '000000000100000006'),
      hex('020000000100000003' + '020000000200000003' + '000000000300000001'),
    ]);
    expect(text('geometry', bytes.toString('hex'))).toBe(
      'GEOMETRYCOLLECTION (POINT (1 2), MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), ((5 5, 5 6, 6 6, 5 5))), POINT (3 4))',
    );
  });

  it('separates the rings of polygons with an empty one between them', () => {
    // MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), EMPTY, ((5 5, 5 6, 6 6, 5 5)))
    const bytes = Buffer.concat([
      hex('00000000010408000000'),
      doubles(0, 0, 0, 1, 1, 1, 0, 0, 5, 5, 5, 6, 6, 6, 5, 5),
      hex('02000000' + '0200000000' + '0204000000'),
      hex('04000000' + 'ffffffff0000000006' + '000000000000000003' + '00000000ffffffff03' + '000000000100000003'),
    ]);
    expect(text('geometry', bytes.toString('hex'))).toBe(
      'MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)), EMPTY, ((5 5, 5 6, 6 6, 5 5)))',
    );
  });

  it('reads the whole globe', () => {
    // MS-SSCLRT 2.1.5: version 2, no points, no figures, one shape of type 11.
    expect(text('geography', 'e6100000' + '0224' + '00000000' + '00000000' + '01000000' + 'ffffffffffffffff0b')).toBe(
      'FULLGLOBE',
    );
  });

  it('reads several compound curves, whose segments follow one another', () => {
    // GEOMETRYCOLLECTION (COMPOUNDCURVE ((0 0, 1 0), CIRCULARSTRING (1 0, 2 1, 3 0)), COMPOUNDCURVE (CIRCULARSTRING (5 0, 6 1, 7 0), (7 0, 8 0, 9 0)))
    const bytes = Buffer.concat([
      hex('000000000204' + '09000000'),
      doubles(0, 0, 1, 0, 2, 1, 3, 0, 5, 0, 6, 1, 7, 0, 8, 0, 9, 0),
      hex('02000000' + '0300000000' + '0304000000'),
      hex('03000000' + 'ffffffff0000000007' + '000000000000000009' + '000000000100000009'),
      hex('05000000' + '02' + '03' + '03' + '02' + '00'),
    ]);
    expect(text('geometry', bytes.toString('hex'))).toBe(
      'GEOMETRYCOLLECTION (COMPOUNDCURVE ((0 0, 1 0), CIRCULARSTRING (1 0, 2 1, 3 0)), COMPOUNDCURVE (CIRCULARSTRING (5 0, 6 1, 7 0), (7 0, 8 0, 9 0)))',
    );
  });

  it('writes longitude first only for a geography', () => {
    expect(text('geometry', point(0, 1.5, -2))).toBe('POINT (1.5 -2)');
    expect(text('geography', point(4326, 1.5, -2))).toBe('POINT (-2 1.5)');
  });

  it('writes Z and M', () => {
    const bytes = Buffer.alloc(38);
    bytes[4] = 1;
    bytes[5] = 0x0f;
    [1, 2, 3, 4].forEach((value, i) => bytes.writeDoubleLE(value, 6 + i * 8));
    expect(text('geometry', bytes.toString('hex'))).toBe('POINT (1 2 3 4)');
  });

  it('reads curves', () => {
    // CIRCULARSTRING (0 0, 1 1, 2 0): version 2, one figure of kind arc.
    const bytes = Buffer.concat([
      Buffer.from('000000000204', 'hex'),
      Buffer.from('03000000', 'hex'),
      ...[0, 0, 1, 1, 2, 0].map(value => {
        const double = Buffer.alloc(8);
        double.writeDoubleLE(value);
        return double;
      }),
      Buffer.from('010000000200000000', 'hex'),
      Buffer.from('01000000ffffffff0000000008', 'hex'),
      Buffer.from('00000000', 'hex'),
    ]);
    expect(text('geometry', bytes.toString('hex'))).toBe('CIRCULARSTRING (0 0, 1 1, 2 0)');
  });

  it.each(['', '00', 'e6100000', 'e6100000010c66', '00000000090c0000', '000000000104ffffff7f'])(
    'does not decode 0x%s, which is truncated or unknown',
    hex => {
      expect(text('geometry', hex)).toBeUndefined();
    },
  );

  it('does not decode user-defined types', () => {
    expect(text('OurType', '58')).toBeUndefined();
  });
});
