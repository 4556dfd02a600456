import fc from 'fast-check';
import { NULL, bind, call, errorOf, evaluate, kw, literal, n, ns, s } from '../testing/bound-values.ts';
import { BIT, FLOAT } from '../types.ts';

const info = s(
  '{"info":{"type":1,"address":{"town":"Bristol","county":"Avon"},"tags":["Sport", "Water polo"]},"x y":null,"big":1.50e2}',
);

describe('JSON functions (learn.microsoft.com: JSON functions)', () => {
  it.each([
    ['JSON_VALUE', [info, s('$.info.address.town')], 'Bristol'],
    ['JSON_VALUE', [info, s('$.info.tags[1]')], 'Water polo'],
    ['JSON_VALUE', [info, s('$.info.tags')], 'NULL'],
    ['JSON_VALUE', [info, s('$."x y"')], 'NULL'],
    ['JSON_VALUE', [info, s('$.big')], '1.50e2'],
    ['JSON_VALUE', [s('{"a":"\\u00e9\\n"}'), s('$.a')], 'é\n'],
    ['JSON_VALUE', [NULL, s('$.a')], 'NULL'],
    ['JSON_QUERY', [info, s('$.info.tags')], '["Sport", "Water polo"]'],
    ['JSON_QUERY', [info, s('$.info.type')], 'NULL'],
    ['JSON_QUERY', [s('[1]')], '[1]'],
    ['ISJSON', [info], '1'],
    ['ISJSON', [s('{a:1}')], '0'],
    ['ISJSON', [s('5')], '0'],
    ['ISJSON', [s('5'), kw('VALUE')], '1'],
    ['ISJSON', [s('[]'), kw('OBJECT')], '0'],
    ['JSON_PATH_EXISTS', [info, s('$.info.address')], '1'],
    ['JSON_PATH_EXISTS', [info, s('$.info.zip')], '0'],
    [
      'JSON_MODIFY',
      [s('{"name":"John","skills":["C#","SQL"]}'), s('$.name'), s('Mike')],
      '{"name":"Mike","skills":["C#","SQL"]}',
    ],
    ['JSON_MODIFY', [s('{"name":"John"}'), s('$.surname'), s('Smith')], '{"name":"John","surname":"Smith"}'],
    ['JSON_MODIFY', [s('{"name":"John","age":5}'), s('$.name'), NULL], '{"age":5}'],
    ['JSON_MODIFY', [s('{"a":1,"b":2}'), s('$.b'), NULL], '{"a":1}'],
    ['JSON_MODIFY', [s('{"s":["C#"]}'), s('append $.s'), s('Azure')], '{"s":["C#","Azure"]}'],
    ['JSON_MODIFY', [s('{"a":1}'), s('strict $.a'), NULL], '{"a":null}'],
    ['JSON_MODIFY', [s('{"a":1}'), s('$.a'), bind('JSON_QUERY', s('[1,2]'))], '{"a":[1,2]}'],
    ['JSON_MODIFY', [s('{"a":1}'), s('$.a'), literal(1, BIT)], '{"a":true}'],
    ['JSON_OBJECT', [s('name'), s('v/1'), s('n'), n(1), s('z'), NULL], '{"name":"v\\/1","n":1,"z":null}'],
    ['JSON_OBJECT', [s('a'), NULL, s('b'), n(2), kw('ABSENT ON NULL')], '{"b":2}'],
    ['JSON_OBJECT', [], '{}'],
    ['JSON_ARRAY', [s('a'), n(1), NULL, bind('JSON_ARRAY', n(2))], '["a",1,[2]]'],
    ['JSON_ARRAY', [n(1), NULL, kw('NULL ON NULL')], '[1,null]'],
    ['JSON_ARRAY', [literal(1.5, FLOAT)], '[1.500000000000000e+000]'],
  ] as const)('%s %#', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected);
  });

  it.each([
    ['JSON_VALUE', [s('{"a":'), s('$.a')], 13609],
    ['JSON_VALUE', [info, s('strict $.nope')], 13608],
    ['JSON_VALUE', [info, s('strict $.info')], 13623],
    ['JSON_QUERY', [info, s('strict $.info.type')], 13624],
    ['JSON_VALUE', [info, s('info')], 13607],
    ['JSON_VALUE', [info, s('$.a..b')], 13607],
    ['JSON_MODIFY', [s('{}'), s('strict $.a'), n(1)], 13608],
    ['JSON_VALUE', [s('['.repeat(200)), s('$')], 13606],
  ] as const)('%s raises its error %#', (name, args, number) => {
    expect(errorOf(() => evaluate(bind(name, ...args))).number).toBe(number);
  });

  it('names the position of the fault in a text', () => {
    expect(errorOf(() => evaluate(bind('JSON_VALUE', s('{"a" 1}'), s('$.a')))).message).toBe(
      "JSON text is not properly formatted. Unexpected character '1' is found at position 5.",
    );
  });

  it('agrees with JSON.parse on what is JSON', () => {
    fc.assert(fc.property(fc.json(), text => call('ISJSON', ns(text), kw('VALUE')) === '1'));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '-', '.', 'e', ' '), maxLength: 10 }),
        text => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          return (call('ISJSON', ns(text), kw('VALUE')) === '1') === valid;
        },
      ),
      { numRuns: 2000 },
    );
  });
});
