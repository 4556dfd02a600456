import { NULL, bind, call, cast, d, errorOf, evaluate, kw, literal, n, ns, s } from '../testing/bound-values.ts';
import { DATE, FLOAT, VARBINARY_MAX, VARCHAR_MAX, char, describeType, varchar } from '../types.ts';

describe('string functions (learn.microsoft.com: String functions)', () => {
  it.each([
    ['LEN', [s('abc  ')], '3'],
    ['DATALENGTH', [s('abc  ')], '5'],
    ['DATALENGTH', [ns('abc')], '6'],
    ['DATALENGTH', [n(1)], '4'],
    ['UPPER', [s('straße é')], 'STRAßE É'],
    ['LOWER', [s('ABC')], 'abc'],
    ['LTRIM', [s('  a ')], 'a '],
    ['RTRIM', [s(' a  ')], ' a'],
    ['TRIM', [s('  a b  ')], 'a b'],
    ['TRIM', [s('xxabxx'), s('x')], 'ab'],
    ['TRIM', [s('.,# test .'), s('.,# ')], 'test'],
    ['TRIM', [s('xxabxx'), s('x'), kw('TRAILING')], 'xxab'],
    ['LTRIM', [s('123abc.'), s('123.')], 'abc.'],
    ['LEFT', [s('abcdefg'), n(2)], 'ab'],
    ['RIGHT', [s('abcdefg'), n(2)], 'fg'],
    ['RIGHT', [s('abc'), n(0)], ''],
    ['SUBSTRING', [s('abcdef'), n(2), n(3)], 'bcd'],
    ['SUBSTRING', [s('abcdef'), n(-1), n(4)], 'ab'],
    ['SUBSTRING', [s('abcdef'), n(10), n(4)], ''],
    ['REVERSE', [s('abc')], 'cba'],
    ['REPLACE', [s('abcdefghicde'), s('CDE'), s('xxx')], 'abxxxfghixxx'],
    ['REPLACE', [s('This'), s('desired'), NULL], 'NULL'],
    ['STUFF', [s('abcdef'), n(2), n(3), s('ijklmn')], 'aijklmnef'],
    ['STUFF', [s('abcdef'), n(2), n(3), NULL], 'aef'],
    ['STUFF', [s('abc'), n(0), n(1), s('x')], 'NULL'],
    ['REPLICATE', [s('0'), n(4)], '0000'],
    ['REPLICATE', [s('0'), n(-1)], 'NULL'],
    ['SPACE', [n(3)], '   '],
    ['CHARINDEX', [s('is'), s('This is a string')], '3'],
    ['CHARINDEX', [s('IS'), s('This is a string'), n(4)], '6'],
    ['CHARINDEX', [s('x'), s('abc')], '0'],
    ['PATINDEX', [s('%ter%'), s('interesting data')], '3'],
    ['PATINDEX', [s('%en_ure%'), s('Please ensure the door is locked!')], '8'],
    ['PATINDEX', [s('%[^ 0-9A-z]%'), s('Please ensure the door is locked!')], '33'],
    ['PATINDEX', [s('Pl%'), s('Please')], '1'],
    ['PATINDEX', [s('%d'), s('abcd')], '4'],
    ['TRANSLATE', [s('2*[3+4]/{7-2}'), s('[]{}'), s('()()')], '2*(3+4)/(7-2)'],
    ['CONCAT', [s('Happy '), s('Birthday '), n(11), s('/'), s('25'), NULL], 'Happy Birthday 11/25'],
    ['CONCAT_WS', [s(','), s('1 Microsoft Way'), NULL, NULL, s('Redmond'), n(98052)], '1 Microsoft Way,Redmond,98052'],
    ['QUOTENAME', [s('abc[]def')], '[abc[]]def]'],
    ['QUOTENAME', [s("it's"), s("'")], "'it''s'"],
    ['QUOTENAME', [s('x'), s('!')], 'NULL'],
    ['PARSENAME', [s('AdventureWorks.dbo.[Per.son]'), n(1)], 'Per.son'],
    ['PARSENAME', [s('AdventureWorks.dbo.Person'), n(3)], 'AdventureWorks'],
    ['PARSENAME', [s('a.b.c.d.e'), n(1)], 'NULL'],
    ['STR', [literal(123.45, FLOAT), n(6), n(1)], ' 123.5'],
    ['STR', [literal(123.45, FLOAT), n(2), n(2)], '**'],
    ['STR', [n(5)], '         5'],
    ['ASCII', [s('€')], '128'],
    ['UNICODE', [ns('€')], '8364'],
    ['CHAR', [n(128)], '€'],
    ['CHAR', [n(256)], 'NULL'],
    ['NCHAR', [n(8364)], '€'],
    ['SOUNDEX', [s('Smith')], 'S530'],
    ['SOUNDEX', [s('Smythe')], 'S530'],
    ['DIFFERENCE', [s('Green'), s('Greene')], '4'],
    ['STRING_ESCAPE', [s('a"b\\c/d\n'), s('json')], 'a\\"b\\\\c\\/d\\n'],
  ] as const)('%s %#', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected);
  });

  it.each([
    ['LEFT', [s('a'), n(-1)], 537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.'],
    ['RIGHT', [s('a'), n(-1)], 536, 'Invalid length parameter passed to the RIGHT function.'],
    ['SUBSTRING', [s('a'), n(1), n(-1)], 537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.'],
    ['LEN', [], 174, 'The len function requires 1 argument(s).'],
    ['CHARINDEX', [s('a')], 189, 'The charindex function requires 2 to 3 arguments.'],
    [
      'TRANSLATE',
      [s('a'), s('ab'), s('c')],
      9828,
      'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
    ],
    ['ENCRYPTBYKEY', [s('a')], 50000, 'The sandbox does not support the function ENCRYPTBYKEY.'],
    ['LEFT', [kw('day'), n(1)], 207, "Invalid column name 'day'."],
  ] as const)('%s raises its error %#', (name, args, number, message) => {
    expect(errorOf(() => evaluate(bind(name, ...args)))).toEqual({ number, message });
  });

  it('derives the types of its results', () => {
    const typeOf = (name: string, ...args: Parameters<typeof bind>[1][]): string =>
      describeType(bind(name, ...args).type);
    expect(typeOf('LEFT', s('abcdef'), n(2))).toBe('varchar(2)');
    expect(typeOf('CONCAT', s('ab'), ns('cd'))).toBe('nvarchar(4)');
    expect(typeOf('REPLACE', s('a'), s('b'), s('c'))).toBe('varchar(8000)');
    expect(typeOf('UPPER', literal('x', char(3)))).toBe('varchar(3)');
    expect(typeOf('LEN', literal('x', VARCHAR_MAX))).toBe('bigint');
    expect(typeOf('CONCAT', n(1), cast(s('2024-01-01'), DATE))).toBe('varchar(22)');
  });

  it('cuts results longer than 8000 bytes, and refuses results that would exhaust the memory', () => {
    expect(call('DATALENGTH', bind('REPLICATE', s('ab'), n(5000)))).toBe('8000');
    expect(call('LEN', bind('REPLICATE', literal('ab', VARCHAR_MAX), n(5000)))).toBe('10000');
    expect(errorOf(() => evaluate(bind('REPLICATE', literal('ab', VARCHAR_MAX), n(2147483647)))).number).toBe(701);
  });

  it('hashes (RFC 1321, FIPS 180-4 test vectors)', () => {
    expect(call('HASHBYTES', s('MD5'), s('abc'))).toBe('0x900150983CD24FB0D6963F7D28E17F72');
    expect(call('HASHBYTES', s('SHA2_256'), s('abc'))).toBe(
      '0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD',
    );
    expect(call('HASHBYTES', s('nonsense'), s('abc'))).toBe('NULL');
    expect(errorOf(() => evaluate(bind('HASHBYTES', s('MD2'), s('abc')))).number).toBe(50000);
    expect(call('BINARY_CHECKSUM', s('aa'))).toBe(call('BINARY_CHECKSUM', s('bQ')));
    expect(call('CHECKSUM', n(5))).toBe('5');
    expect(errorOf(() => bind('CHECKSUM', s('a'))).number).toBe(50000);
    expect(typeof evaluate(bind('CHECKSUM', bind('NEWID')))).toBe('number');
  });

  it('compresses and expands', () => {
    const zipped = bind('COMPRESS', s('hello'));
    expect(evaluate(cast(bind('DECOMPRESS', zipped), VARCHAR_MAX))).toBe('hello');
    expect(errorOf(() => evaluate(bind('DECOMPRESS', literal(Uint8Array.of(1, 2), VARBINARY_MAX)))).number).toBe(8631);
  });

  it('encodes base64 (learn.microsoft.com: BASE64_ENCODE, BASE64_DECODE)', () => {
    const bytes = literal(Uint8Array.of(0xca, 0xfe, 0xca, 0xfe), VARBINARY_MAX);
    expect(call('BASE64_ENCODE', bytes)).toBe('yv7K/g==');
    expect(call('BASE64_ENCODE', bytes, n(1))).toBe('yv7K_g');
    expect(call('BASE64_DECODE', s('qQ=='))).toBe('0xA9');
    expect(errorOf(() => evaluate(bind('BASE64_DECODE', s('q!'))))).toEqual({
      number: 9803,
      message: 'Invalid data for type "Base64Decode".',
    });
  });

  it('chooses among values', () => {
    expect(call('ISNULL', literal(null, varchar(3)), s('abcdef'))).toBe('abc');
    expect(call('COALESCE', NULL, n(1), d('2.5'))).toBe('1.0');
    expect(call('NULLIF', n(4), n(4))).toBe('NULL');
    expect(call('GREATEST', s('6.62'), d('3.1415'), s('7'))).toBe('7.0000');
    expect(call('LEAST', n(3), NULL, n(2))).toBe('2');
    expect(errorOf(() => bind('COALESCE', NULL, NULL)).number).toBe(4127);
  });
});
