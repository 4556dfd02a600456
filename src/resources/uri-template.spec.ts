import fc from 'fast-check';
import { UriTemplate } from './uri-template.js';

describe('a URI template', () => {
  const template = new UriTemplate('mssql://database/tables/{schema}/{table}');

  it('matches the URI of any names and returns these names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter(text => text.isWellFormed());
    fc.assert(
      fc.property(name, name, (schema, table) => {
        expect(template.match(template.expand({ schema, table }))).toEqual({ schema, table });
      }),
    );
  });

  it.each([
    'mssql://database/tables/dbo',
    'mssql://database/tables/dbo/',
    'mssql://database/tables//Orders',
    'mssql://database/tables/dbo/Orders/x',
    'mssql://database/tables/dbo/Orders?x',
    'mssql://database/tables/dbo/Orders#x',
    'mssql://database/tables/%/Orders',
    'xmssql://database/tables/dbo/Orders',
    'mssql://databaseXtables/dbo/Orders',
  ])('does not match %s', uri => {
    expect(template.match(uri)).toBeUndefined();
  });

  it('matches its fixed text literally', () => {
    expect(new UriTemplate('a.b+c?{x}').match('a.b+c?1')).toEqual({ x: '1' });
    expect(new UriTemplate('a.b{x}').match('aXb1')).toBeUndefined();
  });
});
