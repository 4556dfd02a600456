// The fixtures were written by hand from Microsoft's published schema (showplanxml.xsd 1.6 of 2017) and from the documented
// additions of 2019 to 2025. Those of 2017 validate: xmllint --schema showplanxml.xsd fixtures/2017-*.sqlplan
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { testPrincipal, testTenant } from '../../../test/support/database.js';
import type { AccessLimits } from '../../common/principal.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import type { TenantConfig } from '../../config/tenants/tenant.config.js';
import { readPlan } from './plan-document.js';
import { type PlanFacts, factsOf } from './plan-facts.js';
import { redacted } from './plan-redaction.js';
import { PlanVisibility } from './plan-visibility.js';
import { MAX_LINES, summaryOf } from './plan-summary.js';
import { writePlan } from './plan-writer.js';

const FIXTURES = new URL('fixtures/', import.meta.url);
const names = readdirSync(FIXTURES).map(file => file.replace('.sqlplan', ''));
const SALES: AccessLimits = { schemas: ['sales'] };
/** All values of the fixtures: literals, parameters, hints, and what a later version might add. */
const VALUES =
  /4711|secret words|815|ALFKI|Anna Schmidt|1234567|'private'|hinted value|Lugo|hush|\(42\)|'open'|10\.00/i;

const shown = (name: string, access: AccessLimits = {}, settings: Partial<TenantConfig> = {}) => {
  const tenant = testTenant(Object.assign(new DatabaseConfig(), { host: 'db', database: 'Shop' }), settings);
  const visibility = new PlanVisibility({ tenant, principal: testPrincipal('ann', { access }) });
  const plan = redacted(readPlan(readFileSync(new URL(`${name}.sqlplan`, FIXTURES), 'utf8')), visibility);
  return { plan, xml: writePlan(plan), facts: factsOf([plan]) };
};
const linesOf = (facts: PlanFacts) => summaryOf(facts, facts.operators[0]?.actual_rows);

describe('a plan', () => {
  it('has fixtures of every version', () => {
    expect(names.length).toBeGreaterThanOrEqual(12);
    expect(new Set(names.map(name => name.slice(0, 4)))).toEqual(new Set(['2017', '2019', '2022', '2025']));
  });

  it.each(names)('is summarized in at most fifteen lines, without values: %s', name => {
    for (const access of [{}, SALES]) {
      const { facts, xml } = shown(name, access);
      expect(facts.operators).not.toEqual([]);
      expect(facts.operators.every(({ cost_percent: share }) => share >= 0 && share <= 100)).toBe(true);
      expect(linesOf(facts).length).toBeLessThanOrEqual(MAX_LINES);
      expect(`${xml}${JSON.stringify(facts)}${linesOf(facts).join()}`).not.toMatch(VALUES);
      // What was redacted once stays the same, as the resource does it again.
      expect(writePlan(readPlan(xml))).toBe(xml);
    }
  });

  it.each<[string, readonly string[]]>([
    [
      '2017-seek',
      [
        'Estimated cost 0.003283; 1 row estimated, not run.',
        '100 %: Clustered Index Seek of sales.Orders (PK_Orders): 1 row estimated.',
      ],
    ],
    [
      '2017-implicit-conversion',
      [
        'Estimated cost 0.9; 12 rows estimated, not run.',
        '100 %: Index Scan of sales.Customers (IX_Code): 12 rows estimated.',
        'An implicit conversion keeps an index from being used: CONVERT_IMPLICIT(nvarchar(?),[Shop].[sales].[Customers].[Code],?)=?',
        'An implicit conversion makes the estimate of rows inaccurate: CONVERT_IMPLICIT(nvarchar(?),[Shop].[sales].[Customers].[Code],?)',
        'Index Scan of sales.Customers (IX_Code) reads a table of 91,000 rows.',
      ],
    ],
    [
      '2017-no-statistics',
      [
        'Estimated cost 9.1; 480,000 rows estimated, not run.',
        '98.9 %: Nested Loops (Inner Join): 480,000 rows estimated.',
        '1.1 %: Table Scan of dbo.Words: 4,800 rows estimated.',
        'No statistics on sales.Customers.CustomerID.',
        'No statistics on dbo.Words.Word.',
        'A join has no condition, so every row is combined with every row.',
      ],
    ],
    [
      '2017-sort-spill',
      [
        'Estimated cost 3.5; 1,000 rows estimated, 250,000 returned; took 901 ms (CPU 612 ms).',
        '68.6 %: Sort: 1,000 rows estimated, 250,000 actual.',
        '31.4 %: Clustered Index Scan of sales.Orders (PK_Orders): 1,000 rows estimated, 250,000 actual.',
        'Memory grant 1 MB, 1 MB used.',
        'Spilled to tempdb (level 2), 3,912 pages: the memory was too small.',
        'Sort was estimated at 1,000 rows and had 250,000.',
        'Clustered Index Scan of sales.Orders (PK_Orders) was estimated at 1,000 rows and had 250,000.',
        'Clustered Index Scan of sales.Orders (PK_Orders) reads a table of 260,000 rows.',
      ],
    ],
    [
      '2019-key-lookup',
      [
        'Estimated cost 0.5; 3 rows estimated, 90 returned; took 95 ms (CPU 88 ms).',
        '98 %: Clustered Index Seek of sales.Orders (PK_Orders): 3 rows estimated, 90 actual, 18,000 executions.',
        '1.3 %: Nested Loops (Inner Join): 3 rows estimated, 90 actual.',
        'Index Seek of sales.Orders (IX_Customer) was estimated at 3 rows and had 18,000.',
        'Clustered Index Seek of sales.Orders (PK_Orders) looked at 18,000 rows to pass on 90.',
        'Clustered Index Seek of sales.Orders (PK_Orders) looked up 18,000 rows one by one: an index with more columns would avoid it.',
      ],
    ],
    [
      '2022-memory-grant',
      [
        'Estimated cost 7; 5 rows estimated, 4 returned; took 3,200 ms (CPU 190 ms).',
        '71.4 %: Hash Match (Aggregate): 5 rows estimated, 4 actual.',
        '28.6 %: Clustered Index Scan of sales.Orders (PK_Orders): 260,000 rows estimated, 260,000 actual.',
        'Memory grant 200 MB, 912 KB used.',
        'Stale statistics on sales.Orders.Note.',
        'Excessive Grant: 200 MB granted, 912 KB used.',
        'Waited for memory (3 s).',
        'Clustered Index Scan of sales.Orders (PK_Orders) reads a table of 260,000 rows.',
      ],
    ],
  ])('says what matters first: %s', (name, lines) => {
    expect(linesOf(shown(name).facts)).toEqual(lines);
  });

  it('counts the rows of all threads, and each thread as one execution', () => {
    const { facts } = shown('2019-parallel-batch');
    expect(facts.operators.map(({ operator, actual_rows, executions }) => [operator, actual_rows, executions])).toEqual(
      [
        ['Parallelism (Gather Streams)', 5_200_000, 1],
        ['Hash Match (Inner Join)', 5_200_000, 1],
        ['Clustered Index Scan', 91_000, 1],
        ['Columnstore Index Scan (Clustered Index Scan)', 5_200_000, 1],
      ],
    );
    expect(linesOf(facts)).toContain('Parallel: 2 threads.');
    expect(linesOf(facts)).toContain('Spilled to tempdb (level 1, 2 threads), 12,000 pages: the memory was too small.');
  });

  it('says nothing about a branch that an adaptive join left out', () => {
    const { facts } = shown('2017-adaptive-join');
    expect(facts.warnings.map(({ kind, operator }) => [kind, operator])).toEqual([['wrong_estimate', 3]]);
  });

  it('returns missing indexes as CREATE INDEX statements', () => {
    expect(shown('2017-missing-index').facts.missingIndexes).toEqual([
      {
        table: 'sales.Orders',
        impact_percent: 93.3,
        create:
          'CREATE NONCLUSTERED INDEX [IX_Orders_CustomerID_OrderDate] ON [sales].[Orders] ([CustomerID], [OrderDate]) INCLUDE ([Total], [odd ]]name]);',
      },
    ]);
  });

  it('skips what it does not know, and keeps what lies inside of it', () => {
    const { facts, xml } = shown('2025-unknown');
    expect(facts.operators.map(({ operator }) => operator)).toEqual(['Quantum Join', 'Clustered Index Scan']);
    expect(xml).toContain('<QuantumJoin>');
    expect(xml).not.toMatch(/Sample|Deep|PeekedValue|FutureEstimate|Depth|InternalInfo| Text="/);
  });

  it('hides the tables that a person may not see', () => {
    const all = shown('2022-view');
    expect(all.xml).toContain('Table="[Wages]"');
    expect(all.facts.missingIndexes).toHaveLength(1);
    const { xml, facts } = shown('2022-view', SALES);
    expect(`${xml}${JSON.stringify(facts)}`).not.toMatch(/wages|payroll|secretary|amount|"77"/i);
    expect(xml).not.toMatch(/ScalarString|OptimizerStatsUsage|ModificationCount/);
    expect(facts.operators.map(({ object, table_rows }) => [object, table_rows])).toEqual([
      [undefined, undefined],
      ['sales.Orders', 4800],
      ['[hidden]', undefined],
    ]);
    expect(facts.missingIndexes).toEqual([]);
    expect(linesOf(facts)).toContain('No statistics on [hidden].');
  });

  it('does not show the text of a function to a person who may not see it', () => {
    expect(shown('2019-function').xml).toContain('WageOf');
    // Their own statement names it.
    expect(shown('2019-function', SALES).xml.replaceAll('SELECT payroll.WageOf(CustomerID)', '')).not.toMatch(
      /wage|payroll/i,
    );
  });

  it('hides the objects of databases that the tenant does not list', () => {
    const other = { database: Object.assign(new DatabaseConfig(), { host: 'db', database: 'Other' }) };
    const hidden = shown('2017-seek', {}, other);
    expect(hidden.facts.operators[0]?.object).toBe('[hidden]');
    // The text of the statement is the person's own.
    expect(hidden.xml.replaceAll(/StatementText="[^"]*"/g, '')).not.toMatch(/Shop|Orders|4800/);
    expect(shown('2017-seek', {}, { ...other, databases: ['Shop'] }).facts.operators[0]?.object).toBe('sales.Orders');
  });

  it.each([
    ['no plan', '<a/>'],
    ['no XML', 'SELECT 1'],
    ['an entity', '<!DOCTYPE a [<!ENTITY x "y">]><ShowPlanXML>&x;</ShowPlanXML>'],
    ['an unknown entity', '<ShowPlanXML a="&x;"/>'],
    ['too many levels', `<ShowPlanXML>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</ShowPlanXML>`],
    ['too many elements', `<ShowPlanXML>${'<a/>'.repeat(100_001)}</ShowPlanXML>`],
    ['too much text', `<ShowPlanXML>${' '.repeat(3_000_001)}</ShowPlanXML>`],
  ])('is refused when it is %s', (_what, xml) => {
    expect(() => readPlan(xml)).toThrow(expect.objectContaining({ code: 'SQL_ERROR' }));
  });
});
