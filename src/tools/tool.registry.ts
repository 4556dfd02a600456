import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discovered, failStart } from '../common/discovered.js';
import type { Principal, SqlScope } from '../common/principal.js';
import type { TenantConfig } from '../config/tenants/tenant.config.js';
import { AccessRulesService } from '../tenancy/access-rules.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { suggestion } from '../common/nearest-names.js';
import { ArgumentReader } from './argument-reader.js';
import { type JsonSchema, jsonSchemaOf } from './json-schema.js';
import { faultsOf } from './tool-faults.js';
import { TOOL_DEFINITION } from './tool.decorator.js';
import type { ToolDefinition, ToolHandler, ToolSchema } from './tool.js';
import { orHandle } from './results/handle-output.js';
import type { SourcedTool, ToolSource } from './tool-source.js';

/** The entry of a tool in `tools/list`. Its JSON Schemas (draft 2020-12) are made once. */
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
  /** Absent in a tenant without structured content. */
  readonly outputSchema?: JsonSchema;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** A tool as one tenant offers it. */
export interface OfferedTool {
  readonly descriptor: ToolDescriptor;
  readonly definition: ToolDefinition;
  readonly arguments: ArgumentReader;
  readonly handler: ToolHandler<ToolSchema, ToolSchema>;
}

/** The tools of a tenant, with the lists that they were made of. */
interface OfferedTools {
  readonly lists: readonly (readonly SourcedTool[])[];
  readonly tools: readonly OfferedTool[];
}

/** The tools of this process, found by discovery, as each tenant and person sees them. */
@Injectable()
export class ToolRegistry implements OnModuleInit {
  private readonly found = new Map<string, SourcedTool>();
  private readonly sources: ToolSource[] = [];
  private readonly offered = new WeakMap<Tenant, OfferedTools>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly tenants: TenantsService,
    private readonly accessRules: AccessRulesService,
  ) {}

  /**
   * Throws StartupError with every fault of the tools, as any tenant would have them, and with the tools that a tenant
   * lists and that do not exist.
   */
  onModuleInit(): void {
    const faults: string[] = [];
    for (const { definition, instance, className } of discovered<ToolDefinition>(this.discovery, TOOL_DEFINITION)) {
      const { name } = definition;
      if (this.found.has(name)) faults.push(`two tools are named "${name}"; one is ${className}`);
      faults.push(...this.variants(definition).flatMap(faultsOf));
      this.found.set(name, { definition, handler: instance as ToolHandler<ToolSchema, ToolSchema> });
    }
    const tenants = this.tenants.all().map(({ name, config, access }) => ({ name, tools: config.tools, access }));
    const clashes = this.tenants.all().flatMap(tenant => this.clashesOf(tenant));
    failStart([...faults, ...clashes, ...tenants.flatMap(tenant => this.unknownTools(tenant))]);
    this.accessRules.addCheck(tenant => this.unknownTools(tenant));
  }

  /** Adds declared tools. It must be called before the modules start, in a constructor. */
  addSource(source: ToolSource): void {
    this.sources.push(source);
  }

  /** Whether a class has this name for its tool, so that no declared tool may have it. */
  hasClass(name: string): boolean {
    return this.found.has(name);
  }

  private declaredIn(tenant: Tenant | undefined): readonly string[] {
    return tenant === undefined ? [] : this.sources.flatMap(source => source.namesOf(tenant));
  }

  private clashesOf(tenant: Tenant): readonly string[] {
    return this.declaredIn(tenant)
      .filter(name => this.hasClass(name))
      .map(name => `tenant ${tenant.name} declares a tool "${name}", which the server has itself`);
  }

  /** Without this check a tool with a misspelt name would silently not be offered. */
  private unknownTools({ name, tools, access }: Pick<TenantConfig, 'name' | 'tools' | 'access'>): readonly string[] {
    const tenant = this.tenants.all().find(each => each.name === name);
    if (tenant !== undefined && this.sources.some(source => source.mayHaveMore?.(tenant) === true)) return [];
    const known = [...this.found.keys(), ...this.declaredIn(tenant)].sort();
    return [...new Set([...(tools ?? []), ...(access ?? []).flatMap(rule => rule.tools ?? [])])]
      .filter(tool => !known.includes(tool))
      .map(tool => {
        const remedy = suggestion(tool, known) ?? `The tools are ${known.join(', ')}.`;
        return `Tenant ${name} lists the tool ${JSON.stringify(tool.slice(0, 100))}, which does not exist. ${remedy}`;
      });
  }

  private variants(definition: ToolDefinition): readonly ToolDefinition[] {
    const { forTenant } = definition;
    if (forTenant === undefined) return [definition];
    return this.tenants.all().flatMap(tenant => definitionFor(tenant, definition) ?? []);
  }

  /** The tools that the tenant offers and that this person could use, sorted by name. */
  forPrincipal(tenant: Tenant, principal: Principal): readonly ToolDescriptor[] {
    return this.toolsOf(tenant)
      .filter(tool => this.mayUse(tool, principal))
      .map(tool => tool.descriptor);
  }

  /** All tools that the tenant offers, for /health. */
  forTenant(tenant: Tenant): readonly ToolDescriptor[] {
    return this.toolsOf(tenant).map(tool => tool.descriptor);
  }

  /** The tool as this tenant offers it. */
  find(tenant: Tenant, name: string): OfferedTool | undefined {
    return this.toolsOf(tenant).find(({ descriptor }) => descriptor.name === name);
  }

  /** Whether the person's access rules list the tool and allow its scope. */
  mayUse({ descriptor, definition }: OfferedTool, principal: Principal): boolean {
    const { tools } = principal.access;
    return (
      (tools === undefined || tools.includes(descriptor.name)) &&
      isOpenTo(principal, descriptor.scope) &&
      definition.isFor?.(principal) !== false
    );
  }

  isOffered(tenant: Tenant, principal: Principal, name: string): boolean {
    const tool = this.find(tenant, name);
    return tool !== undefined && this.mayUse(tool, principal);
  }

  private toolsOf(tenant: Tenant): readonly OfferedTool[] {
    const lists = this.sources.map(source => source.toolsOf(tenant));
    const known = this.offered.get(tenant);
    if (known !== undefined && lists.every((list, i) => list === known.lists[i])) return known.tools;
    // The descriptors of classes stay the same objects, so that lists made of them stay known.
    const own =
      known?.tools.filter(({ definition }) => this.found.has(definition.name)) ??
      offerAll(tenant, [...this.found.values()]);
    const tools = [...own, ...offerAll(tenant, lists.flat())].sort((a, b) =>
      a.descriptor.name < b.descriptor.name ? -1 : 1,
    );
    this.offered.set(tenant, { lists, tools });
    return tools;
  }
}

function isOpenTo({ highestScope, mayExport }: Principal, scope: SqlScope): boolean {
  switch (scope) {
    case 'sql:read':
      return true;
    case 'sql:write':
      return highestScope === 'sql:write';
    case 'sql:export':
      return mayExport === true;
    default:
      return scope satisfies never;
  }
}

function offerAll(tenant: Tenant, tools: readonly SourcedTool[]): readonly OfferedTool[] {
  return tools.flatMap(({ definition, handler }) => offer(tenant, definition, handler));
}

function offer(
  tenant: Tenant,
  base: ToolDefinition,
  handler: ToolHandler<ToolSchema, ToolSchema>,
): readonly OfferedTool[] {
  if (tenant.config.tools !== undefined && !tenant.config.tools.includes(base.name)) return [];
  const definition = definitionFor(tenant, base);
  if (definition === undefined) return [];
  if (tenant.config.readOnly && !definition.readOnly && definition.changesDatabase !== false) return [];
  const descriptor = describe(definition, tenant);
  return [{ definition, handler, descriptor, arguments: new ArgumentReader(descriptor.inputSchema) }];
}

/** The definition of a tool in one tenant; undefined if the tool is hidden there. */
function definitionFor(tenant: Tenant, base: ToolDefinition): ToolDefinition | undefined {
  const own = base.forTenant?.(tenant) ?? {};
  return own === 'hidden' ? undefined : { ...base, ...own };
}

/** In a tenant with LONG_QUERIES a handle may come in place of the result. */
function outputSchemaOf({ output, mayTakeLong }: ToolDefinition, { config }: Tenant): JsonSchema {
  const schema = jsonSchemaOf(output, 'output');
  return mayTakeLong === true && config.limits.longQueries > 0 ? orHandle(schema) : schema;
}

function describe(definition: ToolDefinition, tenant: Tenant): ToolDescriptor {
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
    inputSchema: jsonSchemaOf(definition.input, 'input'),
    ...(tenant.config.structuredContent ? { outputSchema: outputSchemaOf(definition, tenant) } : {}),
    ...(definition.meta === undefined ? {} : { _meta: definition.meta(tenant) }),
  };
}
