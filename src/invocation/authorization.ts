import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ANONYMOUS, type Principal } from '../common/principal.js';
import { oauthConfig } from '../config/namespaces/oauth.config.js';
import { ChallengeError } from '../oauth/tokens/challenges.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ToolRegistry } from '../tools/tool.registry.js';

/** What a resource or a prompt says of the tools whose data it gives away. */
export interface NeedsTools {
  readonly tools?: readonly string[];
  readonly completionTools?: readonly string[];
}

/** Who may do what, beyond the scope of a token: the guard only says who calls. */
@Injectable()
export class Authorization {
  constructor(
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
    private readonly tools: ToolRegistry,
  ) {}

  /** A caller without a token is admitted by the settings for testing only. Throws ChallengeError. */
  assertMethod(principal: Principal, method: string): void {
    if (principal.subject !== ANONYMOUS) return;
    const admitted = method === 'tools/call' ? this.config.allowUnauthToolsCall : this.config.allowUnauthMethods;
    if (!admitted) throw new ChallengeError({ kind: 'no_token' }, `${method.slice(0, 100)} needs an access token.`);
  }

  /** What a resource or a prompt tells is what its tools tell: who may not use these gets neither. */
  mayUse({ tools = [] }: NeedsTools, tenant: Tenant, principal: Principal): boolean {
    return tools.every(name => this.tools.isOffered(tenant, principal, name));
  }

  mayComplete(definition: NeedsTools, tenant: Tenant, principal: Principal): boolean {
    return this.mayUse({ tools: definition.completionTools ?? definition.tools ?? [] }, tenant, principal);
  }
}
