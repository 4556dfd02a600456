import { describe, expect, it } from '@jest/globals';
import { parseMultipartName } from './multipart-name.ts';

describe('parseMultipartName', () => {
  it.each([
    ['t', ['t']],
    ['dbo.t', ['dbo', 't']],
    ['[my db]..[a.b]', ['my db', '', 'a.b']],
    ['"x""y".[p]]q]', ['x"y', 'p]q']],
    [' dbo . t ', ['dbo', 't']],
  ])('reads %s', (text, parts) => {
    expect(parseMultipartName(text)).toEqual(parts);
  });

  it.each(['', '[open', 'dbo.', 'a.b.c.d.e', '[a]b'])('refuses "%s"', text => {
    expect(parseMultipartName(text)).toBeUndefined();
  });
});
