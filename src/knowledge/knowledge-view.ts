import type { AccessLimits, Principal } from '../common/principal.js';
import { limitsObjects, mayTouch } from '../database/access.js';
import { accessIn } from '../database/listed-databases.js';
import { parseObjectName } from '../database/object-name.js';
import { mayCall } from '../database/policy/modules/module-call.js';
import { StatementPolicy } from '../database/policy/statement-policy.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { Caution, KnowledgeDocument, Term, VerifiedQuery } from './file/definitions.js';
import type { Knowledge } from './loaded-knowledge.js';
import { type ResolvedMetric, tablesOfDimension, tablesOfMetric } from './model/resolved-metric.js';
import { type Table, tableOf } from './model/schema-model.js';
import { type ItemKind, type ProofState, type ProvedProcedure, stateOf } from './proof/proof.types.js';

/** For whom the definitions are read. */
export interface Viewer {
  readonly tenant: Tenant;
  readonly principal: Principal;
}

/**
 * The definitions that one person may use: without those that don't fit the database, and without those that use a table
 * that the person may not use.
 */
export class KnowledgeView {
  constructor(
    readonly knowledge: Knowledge,
    private readonly viewer: Viewer,
    private readonly policy: StatementPolicy,
  ) {}

  get metrics(): readonly ResolvedMetric[] {
    const metrics = this.knowledge.proof?.metrics ?? [];
    if (!this.isLimited) return metrics;
    return metrics
      .filter(metric => this.sees(tablesOfMetric(metric)))
      .map(metric => ({ ...metric, dimensions: metric.dimensions.filter(each => this.sees(tablesOfDimension(each))) }));
  }

  /** Before the first proof nobody knows the tables of a metric, and only people without limits see the names. */
  get metricNames(): readonly string[] {
    const { proof, definitions } = this.knowledge;
    if (proof === undefined) return this.isLimited ? [] : definitions.metrics.map(({ name }) => name);
    return this.metrics.map(({ definition }) => definition.name);
  }

  get queries(): readonly VerifiedQuery[] {
    return this.knowledge.definitions.queries.filter(
      query => this.stateOf('query', query.name) !== 'broken' && this.mayRun(query),
    );
  }

  get procedures(): readonly ProvedProcedure[] {
    const { principal, tenant } = this.viewer;
    return (this.knowledge.proof?.procedures ?? []).filter(({ module }) =>
      mayCall(module, principal.access, tenant.config.database.database),
    );
  }

  get terms(): readonly Term[] {
    return this.knowledge.definitions.terms.filter(
      term => this.stateOf('term', term.word) !== 'broken' && this.sees(tablesOfTerm(term)),
    );
  }

  get cautions(): readonly Caution[] {
    return this.knowledge.definitions.caution
      .filter(({ table }) => this.stateOf('caution', table) !== 'broken' && this.sees([tableOf(table)]))
      .map(({ instead, ...caution }) => {
        const shown = (typeof instead === 'string' ? [instead] : (instead ?? [])).filter(table =>
          this.sees([tableOf(table)]),
        );
        return shown.length === 0 ? caution : { ...caution, instead: shown };
      });
  }

  get documents(): readonly KnowledgeDocument[] {
    return this.knowledge.definitions.documents.filter(
      document => this.stateOf('document', document.title) !== 'broken' && this.sees(tablesOfDocument(document)),
    );
  }

  /** Why a metric is not offered, for people without limits: of a broken metric nobody knows the tables. */
  reasonOfMetric(name: string): string | undefined {
    const { proof } = this.knowledge;
    if (proof === undefined || this.isLimited) return undefined;
    const found = stateOf(proof, 'metric', name);
    return found?.state === 'broken' ? found.reason : undefined;
  }

  /** Why a query that the person may run is not offered; undefined when it is offered, or not for this person. */
  reasonOf(name: string): string | undefined {
    const query = this.knowledge.definitions.queries.find(each => each.name === name);
    if (query === undefined || !this.mayRun(query)) return undefined;
    const proof = this.knowledge.proof === undefined ? undefined : stateOf(this.knowledge.proof, 'query', name);
    return proof?.state === 'broken' ? proof.reason : undefined;
  }

  /** Whether the database has not confirmed the definition. */
  isUnverified(kind: ItemKind, name: string): boolean {
    return this.stateOf(kind, name) !== 'proved';
  }

  /** The same policy that judges the person's own statements. */
  mayRun({ sql }: VerifiedQuery): boolean {
    return !this.isLimited || this.policy.admitIfRead(sql, this.viewer) !== undefined;
  }

  private stateOf(kind: ItemKind, name: string): ProofState {
    const { proof } = this.knowledge;
    return (proof === undefined ? undefined : stateOf(proof, kind, name)?.state) ?? 'unverified';
  }

  /** Definitions are about the tenant's own database. */
  private get access(): AccessLimits {
    const { tenant, principal } = this.viewer;
    return accessIn(principal.access, tenant.config.database.database);
  }

  private get isLimited(): boolean {
    return limitsObjects(this.viewer.principal.access);
  }

  private sees(tables: readonly Table[]): boolean {
    const access = this.access;
    return tables.every(({ schema, name }) => mayTouch(access, schema, name));
  }
}

/** The tables that a term names, by its columns or its condition. */
export function tablesOfTerm({ columns = [], table }: Term): readonly Table[] {
  const named = columns.map(parseObjectName).map(({ database: schema = '', schema: name = '' }) => ({ schema, name }));
  return [...named, ...(table === undefined ? [] : [tableOf(table)])];
}

/** The tables that a document is about, and the one whose rows are texts. */
export function tablesOfDocument({ tables = [], rows }: KnowledgeDocument): readonly Table[] {
  return [...tables, ...(rows === undefined ? [] : [rows.table])].map(tableOf);
}
