import { afterEach, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import { SchemaIndexes } from '../../src/search/index/schema-indexes.js';
import { sandboxConfig, type TestDatabase } from '../support/database.js';
import { SEARCH_SHOP } from '../support/search-shop.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/** Babelfish, Azure Synapse and older versions lack parts of the catalogue. The sandbox plays them by faults. */
describe('search_schema where the server refuses a part of the catalogue', () => {
  let sandbox: Sandbox;
  let tools: ToolServices;

  afterEach(async () => {
    await tools.close();
    await sandbox.close();
  });

  const open = async (missing: readonly string[]) => {
    const faults = missing.map((text): Fault => ({ kind: 'raise-error', number: 208, text, times: 0 }));
    sandbox = await startSandbox({ seed: { sql: SEARCH_SHOP }, faults });
    tools = await toolServices({ config: sandboxConfig(sandbox) } as TestDatabase);
  };
  const search = async (words: string) => {
    await tools.call('search_schema', { words });
    await tools.module.get(SchemaIndexes).settled(tools.tenant);
    return (await tools.call('search_schema', { words })).data;
  };
  const found = ({ matches }: { matches: { name: string }[] }) => matches.map(({ name }) => name);

  it.each([
    ['query_store'],
    ['dm_db_stats_histogram'],
    ['sys.stats_columns'],
    ['sys.parameters'],
    ['is_masked'],
    ['sys.extended_properties'],
    ['sys.partitions'],
    ['DATALENGTH'],
  ])('finds tables, joins and values without %s', async part => {
    await open([part]);
    const data = await search('orders of Northwind Traders');
    expect(found(data)).toContain('Orders');
    expect(data.joins.map(({ on }: { on: string }) => on)).toContain(
      'sales.Orders.customer_id = sales.Customers.customer_id',
    );
    // Without row counts no table is known to be small enough to be read.
    if (part !== 'sys.partitions')
      expect(data.matches).toContainEqual(expect.objectContaining({ value: 'Northwind Traders' }));
  });

  it.each([['sys.foreign_keys'], ['sys.index_columns']])('finds tables without %s', async part => {
    await open([part]);
    expect(found(await search('orders of customers'))).toEqual(expect.arrayContaining(['Orders', 'Customers']));
  });

  it('reads no value without the views of row-level security, and says why', async () => {
    await open(['security_policies']);
    const data = await search('orders of Northwind Traders');
    expect(found(data)).toContain('Orders');
    expect(JSON.stringify(data)).not.toContain('"value"');
    expect(data.left_out).toMatch(/VIEW DEFINITION/);
  });

  it.each([[['FROM sys.objects']], [['FROM sys.columns']], [['sys.']]])(
    'finds tables and columns by INFORMATION_SCHEMA without %s',
    async parts => {
      await open(parts);
      const data = await search('unit price of the order lines');
      expect(found(data)).toContain('OrderLines');
      expect(data.matches.find(({ name }: { name: string }) => name === 'OrderLines').columns).toContain('unit_price');
    },
  );
});
