import type { Principal, SqlScope } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The context of one read or completion. */
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
  /** The scope that the token must have. */
  readonly scope: SqlScope;
  /** The tools whose data the resource has. A tenant or a person without one of them does not get the resource. */
  readonly tools?: readonly string[];
}

export interface ResourceDefinition extends Described {
  readonly uri: string;
}

export interface ResourceTemplateDefinition extends Described {
  /** RFC 6570 level 1: `{name}` stands for one path segment. */
  readonly uriTemplate: string;
  /** The tools whose data its completions have; `tools` by default. */
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
  /** Returns values of a variable that begin with the typed text. `known` has the variables that were chosen before. */
  complete?(
    variable: string,
    typed: string,
    known: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly string[]>;
}
