import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type Account, AccountsService } from './accounts.service.js';
import { HashQueueFullError } from './password.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { UsersService } from './users.service.js';

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly account: Account }
  | { readonly kind: 'rejected'; readonly reason: SignInRejection };

/** `wrong` covers an unknown name, a wrong password, a disabled person and one without access to the tenant; `busy`: not tried. */
export type SignInRejection = 'wrong' | 'tooMany' | 'busy';

/** Proves who a person is. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: AccountsService,
    private readonly attempts: SignInAttempts,
  ) {}

  /** The caller records the outcome. `address` is the client's network address, for the limits on attempts. */
  async withPassword(tenant: Tenant, address: string, name: string, password: string): Promise<SignInOutcome> {
    try {
      await this.attempts.begin(tenant, name, address);
      const user = await this.users.verify(name, password);
      const account = user === undefined ? undefined : await this.accounts.find(tenant, user.name);
      if (account === undefined) return { kind: 'rejected', reason: 'wrong' };
      await this.attempts.succeeded(tenant, name, address);
      return { kind: 'signed_in', account };
    } catch (error) {
      if (error instanceof AppError && error.code === 'TOO_MANY_REQUESTS') {
        return { kind: 'rejected', reason: 'tooMany' };
      }
      if (error instanceof HashQueueFullError) {
        await this.attempts.notTried(tenant, name, address);
        return { kind: 'rejected', reason: 'busy' };
      }
      throw error;
    }
  }
}
