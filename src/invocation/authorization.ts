import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ANONYMOUS, type Principal } from '../common/principal.js';
import { oauthConfig } from '../config/namespaces/oauth.config.js';
import { ChallengeError } from '../common/challenge.error.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ToolRegistry } from '../tools/tool.registry.js';

/** The tools whose data a resource or a prompt returns. */
export interface NeedsTools {
  readonly tools?: readonly string[];
  readonly completionTools?: readonly string[];
}

/** Decides what a person may use, apart from the scope of the token. The guard only identifies the caller. */
@Injectable()
export class Authorization {
  constructor(
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
    private readonly tools: ToolRegistry,
  ) {}

  /** Only the settings for testing admit a caller without a token. Throws ChallengeError. */
  assertMethod(principal: Principal, method: string): void {
    if (principal.subject !== ANONYMOUS) return;
    const admitted = method === 'tools/call' ? this.config.allowUnauthToolsCall : this.config.allowUnauthMethods;
    if (!admitted) throw new ChallengeError({ kind: 'no_token' }, `${method.slice(0, 100)} needs an access token.`);
  }

  /** A resource or a prompt returns the data of its tools, so only a person who may use all of them may use it. */
  mayUse({ tools = [] }: NeedsTools, tenant: Tenant, principal: Principal): boolean {
    return tools.every(name => this.tools.isOffered(tenant, principal, name));
  }

  mayComplete(definition: NeedsTools, tenant: Tenant, principal: Principal): boolean {
    return this.mayUse({ tools: definition.completionTools ?? definition.tools ?? [] }, tenant, principal);
  }
}
