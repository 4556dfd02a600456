import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { nearestNames } from '../../common/nearest-names.js';
import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { QueryParameters } from '../../database/query/query.service.js';
import type { QueryParameter, VerifiedQuery } from '../../knowledge/file/definitions.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import type { KnowledgeView } from '../../knowledge/knowledge-view.js';
import { orderBasis } from '../../knowledge/order-basis.js';
import { unknownDefinition } from '../../knowledge/metrics/metric-request.js';
import { type CachePlan, ReadStatement } from '../builtin/read-statement.js';
import { cachePlan } from './cache-plan.js';
import type { DefinitionOutput, SqlOutput } from '../results/result-schemas.js';
import type { ToolCall, ToolOutput } from '../tool.js';

export interface RunOptions {
  readonly format?: ResultFormat | undefined;
  readonly cursor?: string | undefined;
  /** Reads the data again although an answer is kept. */
  readonly refresh?: boolean | undefined;
}

/** A verified query, ready to run. */
export interface VerifiedStatement {
  readonly query: string;
  readonly parameters: QueryParameters;
  readonly definition: DefinitionOutput;
  /** Identifies the version of the definitions. */
  readonly basis: string;
  /** Absent for a query without `cache`. */
  readonly cache: CachePlan | undefined;
}

/** Runs verified queries, for run_query and for the queries that are tools of their own. */
@Injectable()
export class VerifiedQueries {
  constructor(
    private readonly views: KnowledgeViews,
    private readonly statements: ReadStatement,
  ) {}

  async run(
    name: string,
    parameters: Readonly<Record<string, unknown>>,
    { refresh = false, ...options }: RunOptions,
    call: ToolCall,
  ): Promise<ToolOutput<SqlOutput>> {
    const { definition, cache, query, parameters: values } = this.statementOf(name, parameters, call);
    return this.statements.run({ query, parameters: values, ...options }, call, {
      extras: { definition },
      cache: cache === undefined ? undefined : { ...cache, refresh },
    });
  }

  /**
   * The statement of a query with all of its parameters, and where it comes from. Throws AppError UNKNOWN_DEFINITION for a
   * query that doesn't exist, doesn't fit the database, or isn't for this person; INVALID_ARGUMENT for wrong parameters.
   */
  statementOf(name: string, parameters: Readonly<Record<string, unknown>>, call: ToolCall): VerifiedStatement {
    const view = this.views.of(call);
    const query = view?.queries.find(each => each.name === name);
    if (view === undefined || query === undefined) throw unknownQuery(name, view);
    const definition = originOf(query, view);
    const about = [view.knowledge.sha256, definition];
    return {
      query: query.sql,
      parameters: valuesOf(query, parameters),
      definition,
      basis: orderBasis(call.tenant, view.knowledge),
      cache: cachePlan([query], about),
    };
  }
}

function unknownQuery(name: string, view: KnowledgeView | undefined): AppError {
  const reason = view?.reasonOf(name);
  if (reason === undefined)
    return unknownDefinition('verified query', name, view?.queries.map(query => query.name) ?? []);
  return new AppError('UNKNOWN_DEFINITION', `The verified query ${name} no longer fits the database: ${reason}`, {
    hint: 'An administrator must correct it in the knowledge file. Write a statement of your own meanwhile, and say so.',
  });
}

function originOf({ name, owner, verified_on }: VerifiedQuery, view: KnowledgeView) {
  return { name, owner, verified_on, ...(view.isUnverified('query', name) ? { unverified: true as const } : {}) };
}

/** The values of all parameters with their SQL types. Throws AppError INVALID_ARGUMENT with every fault. */
function valuesOf(
  { name, parameters = [] }: VerifiedQuery,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const values = new Map(Object.entries(given).map(([key, value]) => [key.replace(/^@/, '').toLowerCase(), value]));
  const known = parameters.map(parameter => parameter.name);
  const faults = [...values.keys()]
    .filter(key => !known.some(each => each.toLowerCase() === key))
    .map(key => {
      const [near] = nearestNames(key.slice(0, 100), known, 1);
      return `there is no parameter ${JSON.stringify(key.slice(0, 100))}${near === undefined ? '' : `; did you mean "${near}"?`}`;
    });
  faults.push(...parameters.filter(parameter => !isPresent(parameter, values)).map(missing));
  if (faults.length > 0) {
    throw new AppError('INVALID_ARGUMENT', `The query ${name}: ${faults.join('; ')}.`, {
      hint:
        known.length === 0 ? 'It takes no parameters.' : `Its parameters are ${parameters.map(described).join(', ')}.`,
      details: { parameter: 'parameters' },
    });
  }
  return Object.fromEntries(
    parameters.map(({ name: key, type, default: usual }) => {
      // A null that was given is the value NULL; only a parameter that was left out has its default.
      const value = values.get(key.toLowerCase());
      return [key, { type, value: value === undefined ? (usual ?? null) : value }];
    }),
  );
}

function isPresent({ name, default: usual }: QueryParameter, values: ReadonlyMap<string, unknown>): boolean {
  return usual !== undefined || values.get(name.toLowerCase()) !== undefined;
}

function missing({ name, type }: QueryParameter): string {
  return `the parameter "${name}" (${type}) is missing`;
}

function described({ name, type, default: usual }: QueryParameter): string {
  return `${name} (${type}${usual === undefined ? '' : `, usually ${JSON.stringify(usual)}`})`;
}
