import { Injectable } from '@nestjs/common';
import { CatalogService } from '../../database/catalog/catalog.service.js';
import { readParameterType } from '../../database/driver/parameter-types.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { Definitions, Metric, Term, VerifiedQuery } from '../file/definitions.js';
import { metricStatement } from '../metrics/metric-statement.js';
import { JoinGraph } from '../model/join-graph.js';
import { Drift } from '../model/resolution.js';
import type { ResolvedMetric } from '../model/resolved-metric.js';
import { resolveMetric } from '../model/resolve-metric.js';
import { SchemaModel } from '../model/schema-model.js';
import { checkNames } from './name-checks.js';
import { proveSubjects } from './subject-proof.js';
import type { ItemProof, Proof } from './proof.types.js';
import { termSql } from './term-check.js';
import { type Described, StatementDescriber } from './statement-describer.js';

/** All definitions of a tenant must be proved within this time, which a database of usual speed needs a fraction of. */
const LIMIT_MS = 10 * 60_000;

/** Compares the definitions of a tenant with its database. Nothing is run: the database compiles, and the catalogue is read. */
@Injectable()
export class KnowledgeProver {
  constructor(
    private readonly catalog: CatalogService,
    private readonly describer: StatementDescriber,
  ) {}

  /** Throws AppError when the database can't be reached. */
  async prove(tenant: Tenant, definitions: Definitions, stop?: AbortSignal): Promise<Proof> {
    const limit = AbortSignal.timeout(LIMIT_MS);
    const signal = stop === undefined ? limit : AbortSignal.any([stop, limit]);
    const model = new SchemaModel(this.catalog, tenant, signal);
    const graph = new JoinGraph(model, definitions.joins);
    const items: ItemProof[] = [];
    const metrics: ResolvedMetric[] = [];
    for (const definition of definitions.metrics) {
      const proved = await this.metric(definition, definitions, model, graph, { tenant, signal, items });
      if (proved !== undefined) metrics.push(proved);
    }
    for (const query of definitions.queries) items.push(await this.query(query, tenant, signal));
    const parts = { model, graph, protectedPatterns: tenant.config.protectedColumns };
    const compile = (sql: string, declarations: string) => this.describer.describe(tenant, sql, declarations, signal);
    items.push(...(await proveSubjects(definitions.subjects, parts, compile)));
    for (const item of await checkNames(definitions, model)) {
      const term = item.kind === 'term' ? definitions.terms.find(({ word }) => word === item.name) : undefined;
      items.push(
        term === undefined || item.state === 'broken' ? item : await this.term(term, model, graph, tenant, signal),
      );
    }
    return { at: new Date(), items, metrics };
  }

  /** Undefined for a broken metric; a broken dimension is left out. */
  private async metric(
    definition: Metric,
    definitions: Definitions,
    model: SchemaModel,
    graph: JoinGraph,
    { tenant, signal, items }: { tenant: Tenant; signal: AbortSignal; items: ItemProof[] },
  ): Promise<ResolvedMetric | undefined> {
    const { name } = definition;
    const note = (kind: 'metric' | 'dimension', of: string, described: Described): boolean => {
      items.push({ kind, name: of, ...described });
      return described.state !== 'broken';
    };
    try {
      const { metric, broken } = await resolveMetric(definition, model, graph);
      const compile = (dimensions: readonly string[]) => this.compile(metric, dimensions, definitions, tenant, signal);
      if (!note('metric', name, await compile([]))) return undefined;
      for (const dimension of broken)
        note('dimension', `${name}.${dimension.name}`, { state: 'broken', reason: dimension.reason });
      const all = metric.dimensions.map(dimension => dimension.definition.name);
      const together = all.length === 0 ? undefined : await compile(all);
      const sound: ResolvedMetric['dimensions'][number][] = [];
      for (const dimension of metric.dimensions) {
        const own = dimension.definition.name;
        const described = together?.state === 'broken' ? await compile([own]) : (together ?? { state: 'proved' });
        if (note('dimension', `${name}.${own}`, described)) sound.push(dimension);
      }
      return { ...metric, dimensions: sound };
    } catch (error) {
      if (!(error instanceof Drift)) throw error;
      note('metric', name, { state: 'broken', reason: error.message });
      return undefined;
    }
  }

  /** Compiles the statement that query_metric would run, with a grain where the metric has a time column. */
  private compile(
    metric: ResolvedMetric,
    dimensions: readonly string[],
    { calendar }: Definitions,
    tenant: Tenant,
    signal: AbortSignal,
  ): Promise<Described> {
    const grain = metric.time === undefined ? undefined : 'month';
    const request = { metrics: [metric.definition.name], dimensions, grain } as const;
    const { sql } = metricStatement(request, [metric], calendar, Date.now());
    return this.describer.describe(tenant, sql, '', signal);
  }

  private async term(
    term: Term,
    model: SchemaModel,
    graph: JoinGraph,
    tenant: Tenant,
    signal: AbortSignal,
  ): Promise<ItemProof> {
    const found = { kind: 'term', name: term.word } as const;
    try {
      const sql = await termSql(term, model, graph);
      return sql === undefined
        ? { ...found, state: 'proved' }
        : { ...found, ...(await this.describer.describe(tenant, sql, '', signal)) };
    } catch (error) {
      if (!(error instanceof Drift)) throw error;
      return { ...found, state: 'broken', reason: error.message };
    }
  }

  private async query(
    { name, sql, parameters = [] }: VerifiedQuery,
    tenant: Tenant,
    signal: AbortSignal,
  ): Promise<ItemProof> {
    const declarations = parameters.map(parameter => `@${parameter.name} ${declarationOf(parameter.type)}`).join(', ');
    return { kind: 'query', name, ...(await this.describer.describe(tenant, sql, declarations, signal)) };
  }
}

function declarationOf(written: string): string {
  const type = readParameterType(written);
  return 'fault' in type ? 'sql_variant' : type.declaration;
}
