import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../../common/principal.js';
import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { QueryParameter, VerifiedQuery } from '../../knowledge/file/definitions.js';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import { KnowledgeViews } from '../../knowledge/knowledge-views.js';
import type { Knowledge } from '../../knowledge/loaded-knowledge.js';
import { stateOf } from '../../knowledge/proof/proof.types.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { sqlOutput } from '../results/result-schemas.js';
import { resultSizeMeta } from '../results/result-size.js';
import { ToolRegistry } from '../tool.registry.js';
import type { SourcedTool, ToolSource } from '../tool-source.js';
import type { ToolCall } from '../tool.js';
import { declaredDescription } from './declared-description.js';
import { formatField, valueOf } from './parameter-fields.js';
import { VerifiedQueries } from './verified-queries.js';

const NONE: readonly SourcedTool[] = [];

const answerFields = {
  format: formatField,
  cursor: z.string().min(1).max(200).optional().describe('next_cursor of the page before'),
};
const refresh = z.boolean().optional().describe('not from the cache');

/** The arguments of a query's tool besides its parameters, which can't have their names. */
function fieldsFor({ cache }: VerifiedQuery): Readonly<Record<string, z.ZodType>> {
  return { ...answerFields, ...(cache === undefined ? {} : { refresh }) };
}

/** The verified queries that are tools of their own (`as_tool`). */
@Injectable()
export class QueryTools implements ToolSource {
  private readonly made = new WeakMap<Knowledge, readonly SourcedTool[]>();

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly views: KnowledgeViews,
    private readonly queries: VerifiedQueries,
    registry: ToolRegistry,
  ) {
    registry.addSource(this);
    knowledge.addCheck((_tenant, { queries: all }) =>
      all.flatMap((query, index) =>
        faultsOf(query, registry).map(fault => `queries[${index}] "${query.name}": ${fault}.`),
      ),
    );
  }

  toolsOf(tenant: Tenant): readonly SourcedTool[] {
    const knowledge = this.knowledge.of(tenant);
    if (knowledge === undefined) return NONE;
    let made = this.made.get(knowledge);
    if (made === undefined) {
      const { definitions, proof } = knowledge;
      const offered = definitions.queries.filter(
        query => query.as_tool && (proof === undefined || stateOf(proof, 'query', query.name)?.state !== 'broken'),
      );
      this.made.set(knowledge, (made = offered.map(query => this.toolOf(query, tenant))));
    }
    return made;
  }

  namesOf(tenant: Tenant): readonly string[] {
    const queries = this.knowledge.of(tenant)?.definitions.queries ?? [];
    return queries.filter(query => query.as_tool).map(({ name }) => name);
  }

  private toolOf(query: VerifiedQuery, tenant: Tenant): SourcedTool {
    const { name, title, sql } = query;
    return {
      definition: {
        name,
        title,
        description: declaredDescription(query),
        scope: 'sql:read',
        readOnly: true,
        idempotent: true,
        openWorld: false,
        mayTakeLong: true,
        input: inputOf(query),
        output: sqlOutput,
        meta: resultSizeMeta,
        auditedStatement: () => sql,
        isFor: (principal: Principal) => this.views.of({ tenant, principal })?.mayRun(query) === true,
      },
      handler: {
        execute: (input: unknown, call: ToolCall) => {
          const { format, cursor, ...given } = input as { format?: ResultFormat; cursor?: string; refresh?: boolean };
          // A query that is not cached may have a parameter of this name.
          if (query.cache === undefined) return this.queries.run(name, given, { format, cursor }, call);
          const { refresh: anew, ...parameters } = given;
          return this.queries.run(name, parameters, { format, cursor, refresh: anew }, call);
        },
      },
    };
  }
}

function faultsOf(query: VerifiedQuery, registry: ToolRegistry): readonly string[] {
  const { name, as_tool: isTool, parameters = [] } = query;
  if (!isTool) return [];
  const reserved = fieldsFor(query);
  return [
    ...(registry.hasClass(name) ? ['the server has a tool with this name itself; choose another one'] : []),
    ...parameters
      .filter(parameter => Object.hasOwn(reserved, parameter.name.toLowerCase()))
      .map(parameter => `a tool has an argument "${parameter.name}" of its own; choose another name for the parameter`),
  ];
}

function inputOf(query: VerifiedQuery) {
  const { parameters = [] } = query;
  const own = Object.fromEntries(parameters.map(parameter => [parameter.name, fieldOf(parameter)]));
  return z.strictObject({ ...own, ...fieldsFor(query) });
}

function fieldOf({ type, default: usual, meaning }: QueryParameter): z.ZodType {
  const description = `${meaning === undefined ? '' : `${meaning}; `}${type}${usual === undefined ? '' : `, usually ${JSON.stringify(usual)}`}`;
  // A parameter of the statement, unlike the arguments of our own tools: null is the value NULL.
  const field = valueOf(type).nullable().describe(description);
  return usual === undefined ? field : field.optional();
}
