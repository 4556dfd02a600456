import { Injectable } from '@nestjs/common';
import type { Principal, SqlScope } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

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

/** The tools of this process, found by discovery, as each tenant and person sees them. */
@Injectable()
export class ToolRegistry {
  /** What the tenant offers and this person could use, in stable order by name. */
  forPrincipal(_tenant: Tenant, _principal: Principal): readonly ToolDescriptor[] {
    return [];
  }

  /** What the tenant offers to anybody: for /health. */
  forTenant(_tenant: Tenant): readonly ToolDescriptor[] {
    return [];
  }

  /** Throws AppError UNKNOWN_TOOL. */
  find(_tenant: Tenant, _principal: Principal, _name: string): ToolDescriptor {
    throw new Error('being written');
  }
}
