import { accepted } from './negotiation.js';

describe('what a client accepts', () => {
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
    ['text/html', false, false],
    ['application/jsonp', false, false],
    ['q=1;;,,', false, false],
  ])('%p', (header, json, stream) => {
    expect(accepted(header)).toEqual({ json, stream });
    // The second time from what is remembered.
    expect(accepted(header)).toEqual({ json, stream });
  });
});
