import { z } from 'zod';
import { AppError } from '../common/app-error.js';
import { ArgumentReader } from './argument-reader.js';
import { jsonSchemaOf } from './json-schema.js';

const schema = z.strictObject({
  query: z.string().min(1).describe('one T-SQL statement'),
  limit: z.int().min(1).max(1000).default(10),
  ratio: z.number().optional(),
  include_views: z.boolean().default(false),
  schema: z.string().min(1).optional(),
  note: z.string().optional(),
  format: z.enum(['compact', 'csv']).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  names: z.array(z.string()).optional(),
  either: z.union([z.string(), z.int()]).optional(),
  maybe: z.int().nullable().optional(),
});

const reader = new ArgumentReader(jsonSchemaOf(schema, 'input'));
const read = (args: object) => reader.read({ query: 'q', ...args });
const refusal = (args: object, of = reader): string => {
  try {
    of.read(args);
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_ARGUMENT') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('ArgumentReader', () => {
  it.each([
    ['a whole number', { limit: '10' }, { limit: 10 }],
    ['a number with spaces around it', { limit: ' 10 ' }, { limit: 10 }],
    ['a fraction', { ratio: '0.5' }, { ratio: 0.5 }],
    ['a boolean', { include_views: 'true' }, { include_views: true }],
    ['a boolean as Python writes it', { include_views: 'False' }, { include_views: false }],
    ['nothing', { parameters: 'null', limit: ' NULL ', include_views: 'null' }, {}],
    ['an object', { parameters: '{"s":"shipped"}' }, { parameters: { s: 'shipped' } }],
    ['a word of a list, in capitals', { format: 'CSV' }, { format: 'csv' }],
    ['a list', { names: '["a","b"]' }, { names: ['a', 'b'] }],
    ['the only member of a list', { names: 'a' }, { names: ['a'] }],
    ['the only member of a list, in brackets', { names: '[sales].[Orders]' }, { names: ['[sales].[Orders]'] }],
  ])('reads a text that spells %s', (_title, given, meant) => {
    expect(read(given)).toEqual({ query: 'q', ...meant });
  });

  it('takes an empty list for an empty object', () => {
    expect(read({ parameters: [] })).toEqual({ query: 'q', parameters: {} });
    expect(refusal({ parameters: [1] })).toMatch(/expected an object, but got a list/);
  });

  it('takes null for an argument that the tool does not have as left out', () => {
    expect(read({ confirm_token: null })).toEqual({ query: 'q' });
    expect(refusal({ confirm_token: '' })).toMatch(/no argument "confirm_token"/);
  });

  it.each(['["a"', '[{"a"', '{"a":1}'])(
    'does not take %s, a list that is spelled wrong, for its only member',
    names => {
      expect(refusal({ names })).toMatch(/names: expected a list/);
    },
  );

  it.each(['schema', 'limit', 'include_views', 'format', 'parameters', 'names', 'note', 'either'])(
    'takes null for %s as left out',
    name => {
      expect(read({ [name]: null })).toEqual({ query: 'q' });
    },
  );

  it.each(['schema', 'limit', 'include_views', 'format', 'parameters', 'names'])(
    'takes an empty text for %s as left out',
    name => {
      expect(read({ [name]: '' })).toEqual({ query: 'q' });
    },
  );

  it('keeps an empty text and null where the schema admits them', () => {
    expect(read({ note: '', maybe: null })).toEqual({ query: 'q', note: '', maybe: null });
  });

  it('keeps a text that the schema admits, whatever it spells', () => {
    expect(read({ note: '10', either: '10', query: 'true' })).toEqual({ query: 'true', note: '10', either: '10' });
  });

  it('keeps the values inside an argument as they are', () => {
    const parameters = { a: null, b: '', c: '10', d: 'true', __proto: 1 };
    expect(read({ parameters })).toEqual({ query: 'q', parameters });
    expect(read({ parameters: JSON.stringify(parameters) })).toEqual({ query: 'q', parameters });
  });

  it('keeps an own property named __proto__ as an argument and not as a prototype', () => {
    expect(refusal(JSON.parse('{"query":"q","__proto__":{"limit":5}}') as object)).toContain('"__proto__"');
  });

  it.each([
    [{ limit: 'ten' }, 'limit: expected a whole number from 1 to 1000, but got a text.'],
    [{ limit: '1e999x' }, 'limit: expected a whole number from 1 to 1000, but got a text.'],
    [{ limit: 10.5 }, 'limit: expected a whole number from 1 to 1000, but got the number 10.5.'],
    [{ include_views: 'yes' }, 'include_views: expected true or false, but got a text.'],
    [{ include_views: 1 }, 'include_views: expected true or false, but got the number 1.'],
    [{ parameters: '{"s":' }, 'parameters: expected an object, but got a text.'],
    [{ parameters: ['a'] }, 'parameters: expected an object, but got a list.'],
    [{ schema: {} }, 'schema: expected a text, but got an object.'],
    [{ limit: 5000 }, 'limit: expected a whole number from 1 to 1000, but got the number 5000.'],
    [{ limit: '-5' }, 'limit: expected a whole number from 1 to 1000, but got the number -5.'],
    [{ query: '' }, 'query: expected a text, but got an empty text.'],
    [{ format: 'json' }, 'format: expected one of "compact", "csv", but got a text.'],
    [{ format: 7 }, 'format: expected one of "compact", "csv", but got the number 7.'],
    [{ limt: 5 }, 'there is no argument "limt" (did you mean "limit"?).'],
    [{ query: null }, 'query is missing: expected a text (one T-SQL statement).'],
  ])('refuses %j and says what was expected', (args, message) => {
    expect(refusal({ query: 'q', ...args })).toBe(message);
  });

  it('names every fault at once', () => {
    expect(refusal({ limit: 'ten', wrong: 1 })).toMatch(
      /^limit: .*; there is no argument "wrong" .*; query is missing: /,
    );
  });

  it('says that a tool takes no arguments', () => {
    const none = new ArgumentReader(jsonSchemaOf(z.strictObject({}), 'input'));
    expect(refusal({ x: 1 }, none)).toBe('there is no argument "x" (the tool takes none).');
  });

  it('leaves the arguments alone that an open schema does not describe', () => {
    const open = new ArgumentReader(jsonSchemaOf(z.looseObject({ any: z.unknown() }), 'input'));
    expect(open.read({ any: null, other: '' })).toEqual({ any: null, other: '' });
  });
});
