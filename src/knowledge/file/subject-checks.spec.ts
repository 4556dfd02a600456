import { describe, expect, it } from '@jest/globals';
import { parseKnowledge } from './parse-knowledge.js';

const subject = (category: string, more = ''): string => `subjects:
  - name: person
    table: crm.People
    key: PersonID
    retention: Ten years.
    categories:
      - name: profile
        table: crm.People
      - ${category}
${more}`;

describe('a subject of the knowledge file', () => {
  it('has categories with a table or a query', () => {
    const { definitions } = parseKnowledge(
      subject('{ name: orders, query: "SELECT a FROM crm.Orders WHERE PersonID = @ID" }'),
    );
    expect(definitions?.subjects[0]?.categories.map(({ name }) => name)).toEqual(['profile', 'orders']);
    expect(parseKnowledge('').definitions?.subjects).toEqual([]);
  });

  it.each([
    ['name: x', 'categories[1] needs either table or query'],
    ['{ name: x, table: a.b, query: SELECT 1 }', 'needs either table or query'],
    ['{ name: profile, table: a.b }', 'categories[1].name is the name of categories[0] too'],
    ['{ name: x, table: Orders }', 'must name a table with its schema'],
    ['{ name: x, query: SELECT 1 AS n, key: a }', 'categories[1].key is for a table'],
    ['{ name: x, query: SELECT 1 AS n }', 'must use @id'],
    ['{ name: x, query: "SELECT @id AS a, @other AS b" }', 'uses @other; its only parameter is @id'],
    ['{ name: x, query: "DELETE FROM crm.People WHERE a = @id" }', 'may not run'],
    ['{ name: x, query: "SELECT @id AS a; SELECT 2 AS b" }', 'may not run'],
    ['{ name: x, leave_ot: [a], table: a.b }', 'Did you mean "leave_out"?'],
  ])('with %s is refused', (category, fault) => {
    expect(parseKnowledge(subject(category)).faults?.join('\n')).toContain(fault);
  });

  it('has a name of its own and a text about retention', () => {
    const again = `  - { name: Person, table: a.b, key: c, retention: x, categories: [{ name: y, table: a.b }] }`;
    expect(parseKnowledge(subject('{ name: x, table: a.b }', again)).faults?.join('\n')).toContain('small letters');
    const without = subject('{ name: x, table: a.b }').replace('    retention: Ten years.\n', '');
    expect(parseKnowledge(without).faults?.join('\n')).toContain('retention is missing');
  });
});
