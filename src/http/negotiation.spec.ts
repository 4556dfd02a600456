import { accepted, languagesOf } from './negotiation.js';

describe('the types that a client accepts', () => {
  it.each([
    [undefined, true, true],
    ['', true, true],
    ['*/*', true, true],
    ['application/json', true, false],
    ['text/event-stream', false, true],
    ['APPLICATION/JSON , Text/Event-Stream', true, true],
    ['application/json;q=0, */*', false, true],
    ['*/*;q=0, text/event-stream;q=0.1', false, true],
    ['application/json;charset=utf-8;q=1.0', true, false],
    ['application/json;charset=utf-8', true, false],
    ['application/json;profile="a,b;q=0";q=0.5, text/*;q=0', true, false],
    ['application/json;charset=utf-8;q=0, */*;q=0.1', false, true],
    ['application/*', true, false],
    ['application/*;q=0, application/json', true, false],
    ['text/*;q=0, */*', true, false],
    ['*/*;q=0', false, false],
    ['application/json;q=rubbish', false, false],
    ['text/html', false, false],
    ['application/jsonp', false, false],
    ['q=1;;,,', false, false],
  ])('are read from Accept: %p', (header, json, stream) => {
    expect(accepted(header)).toEqual({ json, stream });
    // The second answer comes from the cache.
    expect(accepted(header)).toEqual({ json, stream });
  });
});

describe('the languages that a client wants', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['es', ['es']],
    ['es-MX,en', ['es', 'en']],
    ['en;q=0.5, ES-mx', ['es', 'en']],
    ['en;q=0.5, es;q=0.5', ['en', 'es']],
    ['es;q=0, de', ['de']],
    ['*', ['*']],
  ])('of Accept-Language %s are %j', (header, languages) => expect(languagesOf(header)).toEqual(languages));

  it('are looked for in the first 500 characters only', () => {
    expect(languagesOf(`${'fr,'.repeat(200)}es`)).not.toContain('es');
  });
});
