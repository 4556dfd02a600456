import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type Account, AccountsService } from '../../identity/accounts.service.js';
import { ProviderFactory } from '../provider/provider.factory.js';
import { SESSION_ABSOLUTE_S, SESSION_IDLE_S } from '../../tokens/lifetimes.js';

type Session = Awaited<ReturnType<Provider['Session']['get']>>;

export interface SignedInSession {
  readonly account: Account;
  /** Changes with every sign-in: forms are bound to it. */
  readonly id: string;
}

/** The browser's session with a tenant: oidc-provider's own, used by the account page too. */
@Injectable()
export class BrowserSessions {
  constructor(
    @Inject(httpConfig.KEY) private readonly server: ConfigType<typeof httpConfig>,
    private readonly providers: ProviderFactory,
    private readonly accounts: AccountsService,
  ) {}

  async current(req: Request, res: Response, tenant: Tenant): Promise<SignedInSession | undefined> {
    const session = await this.sessionOf(req, res, tenant);
    if (session.accountId === undefined) return undefined;
    const account = await this.accounts.findIssued(tenant, session.accountId, session.loginTs ?? 0);
    return account === undefined ? undefined : { account, id: session.uid };
  }

  /** A new session with a new id, whatever the browser brought along. */
  async begin(req: Request, res: Response, tenant: Tenant, subject: string): Promise<void> {
    const { provider } = this.providers.of(tenant);
    const old = await this.sessionOf(req, res, tenant);
    if (old.accountId !== undefined) await old.destroy();
    const session = new provider.Session();
    session.loginAccount({ accountId: subject, loginTs: Math.floor(Date.now() / 1000) });
    await session.save(Math.min(SESSION_IDLE_S, SESSION_ABSOLUTE_S));
    this.cookies(req, res, provider).set(this.cookieName(provider), session.jti, this.cookieOptions());
  }

  async end(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const { provider } = this.providers.of(tenant);
    await (await this.sessionOf(req, res, tenant)).destroy();
    this.cookies(req, res, provider).set(this.cookieName(provider), null, this.cookieOptions());
  }

  private async sessionOf(req: Request, res: Response, tenant: Tenant): Promise<Session> {
    const { provider } = this.providers.of(tenant);
    return provider.Session.get(provider.createContext(req, res));
  }

  private cookies(req: Request, res: Response, provider: Provider): ReturnType<Provider['createContext']>['cookies'] {
    return provider.createContext(req, res).cookies;
  }

  private cookieName(provider: Provider): string {
    return provider.cookieName('session');
  }

  private cookieOptions(): object {
    const secure = this.server.publicUrl.startsWith('https:');
    return { httpOnly: true, sameSite: 'lax', signed: true, secure, overwrite: true, path: '/' };
  }
}
