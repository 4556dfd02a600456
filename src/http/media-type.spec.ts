import { isMediaType } from './media-type.js';

describe('the media type of a body', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    ' application/json ; charset="utf-8"',
    'application/vnd.api+json',
  ])('%j is JSON', header => expect(isMediaType(header, 'application/json', '+json')).toBe(true));

  it.each([
    undefined,
    '',
    'application/jsonx',
    'application/json-seq',
    'application/json, text/plain',
    'application/json charset=utf-8',
    'application/+json',
    'text/json',
    'text/plain; application/json',
    'image/svg+json',
  ])('%j is not JSON', header => expect(isMediaType(header, 'application/json', '+json')).toBe(false));

  it('has a suffix only where suffixes are allowed', () => {
    const form = 'application/x-www-form-urlencoded';
    expect(isMediaType(`${form}; charset=utf-8`, form)).toBe(true);
    expect(isMediaType(`${form}ed`, form)).toBe(false);
    expect(isMediaType('application/x+json', form)).toBe(false);
  });
});
