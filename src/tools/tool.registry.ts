import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AppError } from '../common/app-error.js';
import type { Principal, SqlScope } from '../common/principal.js';
import { ConfigError } from '../config/faults.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { nearestNames } from '../database/nearest-names.js';
import { TOOL_DEFINITION } from './tool.decorator.js';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What `tools/list` tells of a tool. JSON Schemas are of 2020-12, made once. */
export interface ToolDescriptor {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scope: SqlScope;
  readonly annotations: {
    readonly title: string;
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
}

/** A tool as one tenant offers it. */
export interface OfferedTool {
  readonly descriptor: ToolDescriptor;
  readonly definition: ToolDefinition;
  readonly handler: ToolHandler<ToolSchema, ToolSchema>;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The tools of this process, found by discovery, as each tenant and person sees them. */
@Injectable()
export class ToolRegistry implements OnModuleInit {
  private readonly found = new Map<
    string,
    { definition: ToolDefinition; handler: ToolHandler<ToolSchema, ToolSchema> }
  >();
  private readonly offered = new WeakMap<object, readonly OfferedTool[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * Throws when two tools have one name, or a name is no tool name: faults of whoever wrote them; and ConfigError when a
   * tenant names a tool that there is not.
   */
  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const definition =
        typeof metatype === 'function'
          ? (Reflect.getMetadata(TOOL_DEFINITION, metatype) as ToolDefinition | undefined)
          : undefined;
      if (definition === undefined || instance === undefined || instance === null) continue;
      const known = this.found.get(definition.name);
      if (known?.handler === instance) continue;
      if (known !== undefined) throw new Error(`Two tools are named "${definition.name}".`);
      if (!NAME.test(definition.name))
        throw new Error(`"${definition.name}" is not a tool name: 1-64 of A-Z, a-z, 0-9, _ and -.`);
      this.found.set(definition.name, { definition, handler: instance as ToolHandler<ToolSchema, ToolSchema> });
    }
    this.assertConfiguredNames();
  }

  /** A misspelt name would be a tool that silently is not offered. */
  private assertConfiguredNames(): void {
    const known = [...this.found.keys()].sort();
    const faults = this.tenants.all().flatMap(({ name: tenant, config }) =>
      [...new Set([...(config.tools ?? []), ...(config.access ?? []).flatMap(rule => rule.tools ?? [])])]
        .filter(tool => !this.found.has(tool))
        .map(tool => {
          const nearest = nearestNames(tool.slice(0, 100), known, 1);
          const hint = nearest.length === 0 ? `there are ${known.join(', ')}` : `did you mean ${nearest.join()}?`;
          return `The tenant ${tenant} names the tool ${JSON.stringify(tool.slice(0, 100))}, which there is not: ${hint}`;
        }),
    );
    if (faults.length > 0) throw new ConfigError(faults);
  }

  /** What the tenant offers and this person could use, in stable order by name. */
  forPrincipal(tenant: Tenant, principal: Principal): readonly ToolDescriptor[] {
    return this.toolsOf(tenant)
      .filter(tool => mayUse(tool, principal))
      .map(tool => tool.descriptor);
  }

  /** What the tenant offers to anybody: for /health. */
  forTenant(tenant: Tenant): readonly ToolDescriptor[] {
    return this.toolsOf(tenant).map(tool => tool.descriptor);
  }

  /** Throws AppError UNKNOWN_TOOL, also for a tool that this person may never use. */
  find(tenant: Tenant, principal: Principal, name: string): ToolDescriptor {
    return this.resolve(tenant, principal, name).descriptor;
  }

  /** As `find`, with what is needed to run it. */
  resolve(tenant: Tenant, principal: Principal, name: string): OfferedTool {
    const tool = this.toolsOf(tenant).find(offered => offered.descriptor.name === name);
    if (tool !== undefined && mayUse(tool, principal)) return tool;
    const names = this.forPrincipal(tenant, principal).map(descriptor => descriptor.name);
    const nearest = nearestNames(name.slice(0, 100), names, 3);
    throw new AppError('UNKNOWN_TOOL', `There is no tool named ${JSON.stringify(name.slice(0, 100))}.`, {
      hint: nearest.length === 0 ? 'tools/list names them.' : `Did you mean ${nearest.join(' or ')}?`,
    });
  }

  private toolsOf(tenant: Tenant): readonly OfferedTool[] {
    let tools = this.offered.get(tenant);
    if (tools === undefined) {
      tools = [...this.found.values()]
        .flatMap(({ definition, handler }) => offer(tenant, definition, handler))
        .sort((a, b) => (a.descriptor.name < b.descriptor.name ? -1 : 1));
      this.offered.set(tenant, tools);
    }
    return tools;
  }
}

function offer(
  tenant: Tenant,
  base: ToolDefinition,
  handler: ToolHandler<ToolSchema, ToolSchema>,
): readonly OfferedTool[] {
  if (tenant.config.tools !== undefined && !tenant.config.tools.includes(base.name)) return [];
  const own = base.forTenant?.(tenant) ?? {};
  if (own === 'hidden') return [];
  const definition: ToolDefinition = { ...base, ...own };
  if (tenant.config.readOnly && !definition.readOnly) return [];
  return [{ definition, handler, descriptor: describe(definition) }];
}

function describe(definition: ToolDefinition): ToolDescriptor {
  const { name, title, description, scope, readOnly, destructive, idempotent, openWorld } = definition;
  return {
    name,
    title,
    description,
    scope,
    annotations: {
      title,
      readOnlyHint: readOnly,
      destructiveHint: destructive ?? !readOnly,
      idempotentHint: idempotent ?? readOnly,
      openWorldHint: openWorld ?? false,
    },
    inputSchema: definition.input['~standard'].jsonSchema.input({ target: 'draft-2020-12' }),
    outputSchema: definition.output['~standard'].jsonSchema.output({ target: 'draft-2020-12' }),
  };
}

function mayUse({ descriptor }: OfferedTool, principal: Principal): boolean {
  const { tools } = principal.access;
  return (
    (tools === undefined || tools.includes(descriptor.name)) &&
    (descriptor.scope === 'sql:read' || principal.highestScope === 'sql:write')
  );
}
