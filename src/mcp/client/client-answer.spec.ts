import fc from 'fast-check';
import { readAnswer } from './client-answer.js';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 4 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    score: { type: 'number' },
    sure: { type: 'boolean' },
    size: { type: 'string', enum: ['S', 'M'] },
    colour: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }] },
    many: { type: 'array', maxItems: 2, items: { type: 'string', enum: ['a', 'b'] } },
    titled: { type: 'array', items: { anyOf: [{ const: 'x', title: 'X' }] } },
  },
  required: ['name'],
};
const read = (value: unknown) => readAnswer('elicitation/create', { requestedSchema: schema }, value);

describe('an answer to a form', () => {
  it.each([
    [{ name: 'Ada' }],
    [{ name: 'Ada', age: 36, score: 1.5, sure: false, size: 'M', colour: 'r', many: ['a', 'b'], titled: ['x'] }],
    [{ name: 'Ada', more: 'is ignored' }],
  ])('is accepted when it matches the schema: %j', content => {
    expect(read({ action: 'accept', content })).toEqual({ action: 'accept', content });
  });

  it.each([
    [{}],
    [{ name: 'A' }],
    [{ name: 'Ada Lovelace' }],
    [{ name: 7 }],
    [{ name: 'Ada', age: 1.5 }],
    [{ name: 'Ada', age: -1 }],
    [{ name: 'Ada', age: '36' }],
    [{ name: 'Ada', score: '1' }],
    [{ name: 'Ada', sure: 'yes' }],
    [{ name: 'Ada', size: 'XL' }],
    [{ name: 'Ada', colour: 'Red' }],
    [{ name: 'Ada', many: ['c'] }],
    [{ name: 'Ada', many: ['a', 'b', 'a'] }],
    [{ name: 'Ada', many: 'a' }],
    [{ name: 'Ada', titled: ['y'] }],
    ['Ada'],
  ])('is refused when it does not match the schema: %j', content => {
    expect(read({ action: 'accept', content })).toBeUndefined();
  });

  it('has no content when the person declines or cancels', () => {
    expect(read({ action: 'decline', content: { name: 7 } })).toEqual({ action: 'decline' });
    expect(read({ action: 'cancel' })).toEqual({ action: 'cancel' });
  });

  it('never throws, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        for (const method of ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const) {
          readAnswer(method, { requestedSchema: value }, value);
          readAnswer(method, { requestedSchema: schema }, { action: 'accept', content: value });
        }
      }),
    );
  });
});
