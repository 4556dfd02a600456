import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type Account, AccountsService } from './accounts.service.js';
import { addressOf } from '../../http/client-address.js';
import { OAuthEvents } from '../authorization-server/oauth-events.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { UsersService } from './users.service.js';

/** Proves who a person is. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: AccountsService,
    private readonly attempts: SignInAttempts,
    private readonly events: OAuthEvents,
  ) {}

  /** One answer for an unknown name, a wrong password, a disabled person and one without access to this tenant. */
  async withPassword(
    tenant: Tenant,
    req: Request,
    name: string,
    password: string,
  ): Promise<Account | 'wrong' | 'tooMany'> {
    const address = addressOf(req);
    try {
      await this.attempts.begin(tenant, name, address);
      const user = await this.users.verify(name, password);
      const account = user === undefined ? undefined : await this.accounts.find(tenant, user.name);
      if (account === undefined) {
        this.events.signInFailed(tenant, { remote_address: address, reason: 'wrong name or password, or no access' });
        return 'wrong';
      }
      await this.attempts.succeeded(tenant, name, address);
      this.events.record(tenant, 'sign_in', { principal: account.subject, remote_address: address });
      return account;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'TOO_MANY_REQUESTS') throw error;
      this.events.signInFailed(tenant, { remote_address: address, reason: 'too many attempts' });
      return 'tooMany';
    }
  }
}
