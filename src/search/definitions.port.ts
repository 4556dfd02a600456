import { Injectable } from '@nestjs/common';
import type { Tenant } from '../tenancy/tenant.js';
import type { Cardinality } from './catalog/schema-model.js';

/** A table or view, or one of its columns, as the catalogue spells it; case is ignored. */
export interface DefinedPlace {
  readonly schema: string;
  readonly table: string;
  readonly column?: string;
}

/** What somebody wrote down about the database: a term, a metric, a verified query, a procedure. */
export interface SearchDefinition {
  /** Unique in its tenant. It is the `name` of a match of kind `definition`. */
  readonly name: string;
  /** `term`, `metric`, `query` …: the `type` of the match. */
  readonly type: string;
  /** Other words for the same, and the questions that a verified query or a procedure answers. */
  readonly synonyms: readonly string[];
  /** The `description` of the match; its words are searched too. */
  readonly meaning?: string;
  /**
   * Every table that the definition names, in its meaning or its SQL. The definition is shown only to a person who may
   * use all of them. Its name and synonyms also count as words for these tables.
   */
  readonly places: readonly DefinedPlace[];
  /** The tool that calls it. The definition is shown only to a person whose lists of tools have it. */
  readonly tool?: string;
}

/** A join that no foreign key declares. `fromColumns` and `toColumns` are pairs, in the same order. */
export interface DeclaredJoin {
  readonly from: DefinedPlace;
  readonly fromColumns: readonly string[];
  readonly to: DefinedPlace;
  readonly toColumns: readonly string[];
  /** The cardinality that its author declared. A key of the tables has precedence. */
  readonly cardinality?: Cardinality;
  /** What the join means where there are several between two tables: `ship-to`. */
  readonly role?: string;
}

/** A warning that is shown with a table or a column: "amounts before 2019 are in DM". */
export interface Caution {
  readonly place: DefinedPlace;
  readonly text: string;
}

export interface SearchDefinitions {
  /** Changes whenever the definitions change: the index of the tenant is then made anew. */
  readonly version: string;
  readonly definitions: readonly SearchDefinition[];
  readonly joins: readonly DeclaredJoin[];
  readonly cautions: readonly Caution[];
}

export interface DefinitionsSource {
  /** Called in each search, so it must answer from memory. */
  definitionsOf(tenant: Tenant): SearchDefinitions;
}

const NONE: SearchDefinitions = { version: '', definitions: [], joins: [], cautions: [] };

/**
 * The port through which a higher module adds definitions to the schema search: it calls `use` when it starts. Without a
 * source there are no definitions.
 */
@Injectable()
export class DefinitionsPort implements DefinitionsSource {
  private source: DefinitionsSource | undefined;

  use(source: DefinitionsSource): void {
    this.source = source;
  }

  /** Definitions are about the tenant's own database: for another one of its `databases` there are none. */
  definitionsOf(tenant: Tenant, database?: string): SearchDefinitions {
    if (database !== undefined) return NONE;
    return this.source?.definitionsOf(tenant) ?? NONE;
  }
}
