import type { Principal, SqlScope } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The surroundings of one read or completion. */
export interface ResourceCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface ResourceContents {
  readonly uri: string;
  readonly mimeType?: string;
  readonly text?: string;
  /** Base64. */
  readonly blob?: string;
}

interface Described {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /** What the token must hold. */
  readonly scope: SqlScope;
  /** The tools whose data it tells: a tenant or a person without one of them doesn't get the resource either. */
  readonly tools?: readonly string[];
}

export interface ResourceDefinition extends Described {
  readonly uri: string;
}

export interface ResourceTemplateDefinition extends Described {
  /** RFC 6570 level 1: `{name}` stands for one path segment. */
  readonly uriTemplate: string;
  /** The tools whose data its completions tell; as `tools` when left out. */
  readonly completionTools?: readonly string[];
}

export interface ResourceHandler {
  /** Throws AppError; NOT_FOUND and UNKNOWN_TABLE mean that there is no such resource. */
  read(call: ResourceCall): Promise<readonly ResourceContents[]>;
}

export interface ResourceTemplateHandler {
  read(
    uri: string,
    variables: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly ResourceContents[]>;
  /** Values for a variable that begin with what was typed; `known` are variables chosen before. */
  complete?(
    variable: string,
    typed: string,
    known: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly string[]>;
}
