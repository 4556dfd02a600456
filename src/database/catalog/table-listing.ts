import type { Tenant } from '../../tenancy/tenant.js';
import type { Requester, Rows } from '../connection/catalog-runner.js';
import type { RpcParameter } from '../driver/parameters.js';
import type { CatalogAttempts, CatalogRows, Strategy } from './catalog-attempts.js';
import {
  DESCRIPTIONS,
  INFORMATION_TABLES,
  MEMORY_OPTIMISED,
  NAMED_INFORMATION_TABLES,
  NAMED_PLAIN_TABLES,
  PLAIN_SYNONYMS,
  PLAIN_TABLES,
  ROW_COUNTS,
} from './catalog-fallback.queries.js';
import {
  CAPTURED_TABLES,
  CHANGE_TABLES,
  KINDS,
  NAMED_TABLES,
  NAMED_TABLES_WITHOUT_KINDS,
  SYNONYMS,
  TABLES,
  TABLES_WITHOUT_KINDS,
} from './catalog.queries.js';
import { type Facts, tableRows, withFacts } from './information-schema.js';

/** The ways to list tables, the best first. */
interface Listing {
  readonly whole: string;
  readonly withoutKinds: string;
  readonly plain: readonly Strategy[];
}

export const ALL_TABLES: Listing = {
  whole: TABLES,
  withoutKinds: TABLES_WITHOUT_KINDS,
  plain: [{ text: PLAIN_TABLES }, { text: INFORMATION_TABLES, shape: tableRows }],
};

/** The parameter @name is the name. */
export const TABLES_NAMED: Listing = {
  whole: NAMED_TABLES,
  withoutKinds: NAMED_TABLES_WITHOUT_KINDS,
  plain: [{ text: NAMED_PLAIN_TABLES }, { text: NAMED_INFORMATION_TABLES, shape: tableRows }],
};

const KIND_WIDTH = 6;
const SYNONYM_WIDTH = 4;
const CHANGE_TABLE = /^(.+)_CT$/;

/**
 * Lists tables for one requester: in one round trip where the server has SQL Server's views, and otherwise in parts. The
 * rows have the shape of TABLES, with the source of each table of change data capture at their end.
 */
export class TableListing {
  constructor(
    private readonly attempts: CatalogAttempts,
    private readonly tenant: Tenant,
    private readonly requester: Requester | undefined,
  ) {}

  async read(listing: Listing, parameters: readonly RpcParameter[] = []): Promise<CatalogRows> {
    const found = await this.withKinds(listing, parameters);
    return { ...found, rows: await this.withSources(found.rows) };
  }

  private async withKinds(
    { whole, withoutKinds, plain }: Listing,
    parameters: readonly RpcParameter[],
  ): Promise<CatalogRows> {
    const first = await this.attempt(whole, parameters);
    if (first !== undefined) return first;
    const kinds = [KINDS, MEMORY_OPTIMISED];
    const second = await this.attempt(withoutKinds, parameters);
    if (second !== undefined) return { ...second, rows: withFacts(second.rows, [await this.facts(kinds, KIND_WIDTH)]) };
    const listed = await this.attempts.firstOf(this.tenant, plain, parameters, this.requester);
    const facts = [
      await this.facts([ROW_COUNTS], 1),
      await this.facts([DESCRIPTIONS], 1),
      await this.facts([SYNONYMS, PLAIN_SYNONYMS], SYNONYM_WIDTH),
      await this.facts(kinds, KIND_WIDTH),
    ];
    return { ...listed, rows: withFacts(listed.rows, facts) };
  }

  /**
   * Appends schema and name of the table whose changes a table has. Few logins may read cdc.change_tables; for the others
   * the table's name tells, unless the administrator gave the capture a name of its own.
   */
  private async withSources(rows: Rows): Promise<Rows> {
    const captures = rows.filter(([schema, name]) => schema === 'cdc' && CHANGE_TABLE.test(String(name)));
    if (captures.length === 0) return rows;
    const known = await this.attempt(CHANGE_TABLES, [], true);
    if (known !== undefined) return withFacts(rows, [{ rows: known.rows, width: 2 }]);
    const sources = (await this.attempt(CAPTURED_TABLES, [], true))?.rows ?? [];
    const byCapture = new Map(
      sources.map(([schema, name]) => [`${String(schema)}_${String(name)}_CT`, [schema, name]]),
    );
    const byId = captures.flatMap(([, name, , id = null]) => {
      const [schema = null, table = null] = byCapture.get(String(name)) ?? [];
      return table === null ? [] : [[id, schema, table]];
    });
    return withFacts(rows, [{ rows: byId, width: 2 }]);
  }

  private async facts(texts: readonly string[], width: number): Promise<Facts> {
    for (const text of texts) {
      const answer = await this.attempt(text, []);
      if (answer !== undefined) return { rows: answer.rows, width };
    }
    return { rows: [], width };
  }

  private async attempt(
    text: string,
    parameters: readonly RpcParameter[],
    expected = false,
  ): Promise<CatalogRows | undefined> {
    const answer = await this.attempts.attempt(this.tenant, text, parameters, this.requester, expected);
    return answer === undefined ? undefined : { rows: answer.sets[0] ?? [], cut: answer.cut };
  }
}
