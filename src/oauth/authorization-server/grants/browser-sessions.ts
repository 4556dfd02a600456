import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type Account, AccountsService } from '../../identity/accounts.service.js';
import { ProviderFactory } from '../provider/provider.factory.js';
import { endSession, sessionOf, startSession } from '../bridge/browser-session.js';

export interface SignedInSession {
  readonly account: Account;
  /** Changes with every sign-in: forms are bound to it. */
  readonly id: string;
}

/** The browser's session with a tenant. It is oidc-provider's own session, which the account page uses too. */
@Injectable()
export class BrowserSessions {
  private readonly secure: boolean;

  constructor(
    @Inject(httpConfig.KEY) server: ConfigType<typeof httpConfig>,
    private readonly providers: ProviderFactory,
    private readonly accounts: AccountsService,
  ) {
    this.secure = server.publicUrl.startsWith('https:');
  }

  async current(req: Request, res: Response, tenant: Tenant): Promise<SignedInSession | undefined> {
    const session = await sessionOf(this.providers.of(tenant), req, res);
    if (session.accountId === undefined) return undefined;
    const account = await this.accounts.findIssued(tenant, session.accountId, session.loginTs ?? 0);
    return account === undefined ? undefined : { account, id: session.uid };
  }

  /** Starts a session with a new id, and ends the one that the browser had (session fixation). */
  async begin(req: Request, res: Response, tenant: Tenant, subject: string): Promise<void> {
    const provider = this.providers.of(tenant);
    const old = await sessionOf(provider, req, res);
    if (old.accountId !== undefined) await old.destroy();
    await startSession(provider, req, res, { accountId: subject, secure: this.secure });
  }

  async end(req: Request, res: Response, tenant: Tenant): Promise<void> {
    await endSession(this.providers.of(tenant), req, res, this.secure);
  }
}
