import { describe, expect, it } from '@jest/globals';
import { erp } from '../support/erp/erp.js';
import { COUNTS, QUESTIONS } from '../support/erp/questions.js';

describe('the questions to the generated ERP', () => {
  const { tables } = erp();
  const byName = new Map(tables.map(table => [`${table.schema}.${table.name}`, table]));
  const tableOf = (place: string): string => place.split('.').slice(0, 2).join('.');

  it('are 100 to 1,500 tables, of which a third is described; 20 need a bridge and 20 a value', () => {
    expect([QUESTIONS.length, byName.size, COUNTS]).toEqual([100, 1_500, { bridges: 20, values: 20 }]);
    const described = tables.filter(({ description }) => description !== undefined).length;
    expect(described / tables.length).toBeGreaterThan(0.25);
    expect(described / tables.length).toBeLessThan(0.36);
  });

  it.each(QUESTIONS)('have no word that is the name of their table or column: $ask', question => {
    const { ask, table, join = [], value } = question;
    const places = [table, ...join.flatMap(step => step.split('=')), ...(value === undefined ? [] : [value.column])];
    const names = places.map(tableOf).flatMap(place => {
      const found = byName.get(place);
      if (found === undefined) throw new Error(`There is no table ${place}.`);
      return [found.name, ...found.columns.map(({ name }) => name)];
    });
    const words = ask.toLowerCase().split(/[^\p{L}\p{N}_]+/u);
    expect(names.filter(name => words.includes(name.toLowerCase()))).toEqual([]);
  });

  it.each(QUESTIONS.filter(({ join }) => join !== undefined))('join columns that exist: $ask', ({ join = [] }) => {
    for (const side of join.flatMap(step => step.split('='))) {
      const [schema, table, columns = ''] = side.split('.');
      const known = byName.get(`${schema}.${table}`)?.columns.map(({ name }) => name);
      expect(known).toEqual(expect.arrayContaining(columns.split(',')));
    }
  });

  it.each(QUESTIONS.filter(({ value }) => value !== undefined))('ask for values that exist: $ask', ({ value }) => {
    const [schema, name, column] = value?.column.split('.') ?? [];
    const table = byName.get(`${schema}.${name}`);
    const at = table?.columns.findIndex(other => other.name === column) ?? -1;
    expect(table?.rows.map(row => row[at])).toContain(value?.is);
  });
});
