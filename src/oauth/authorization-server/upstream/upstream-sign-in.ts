import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { AccountsService } from '../../identity/accounts.service.js';
import { callerFacts } from '../../../http/caller-facts.js';
import { readCookie, upstreamCookieName } from '../provider/cookies.js';
import { Interactions } from '../consent/interactions.js';
import { OAuthEvents } from '../oauth-events.js';
import { returnPath } from '../sign-in/return-path.js';
import { UPSTREAM_S, UpstreamService } from './upstream.service.js';

/** The steps of a sign-in at the tenant's identity provider. */
@Injectable()
export class UpstreamSignIn {
  private readonly secure: boolean;

  constructor(
    @Inject(httpConfig.KEY) server: ConfigType<typeof httpConfig>,
    private readonly upstream: UpstreamService,
    private readonly interactions: Interactions,
    private readonly accounts: AccountsService,
    private readonly events: OAuthEvents,
  ) {
    this.secure = server.publicUrl.startsWith('https:');
  }

  async beginForInteraction(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    // Only the browser that began the authorization may carry it to the provider.
    await this.interactions.find(req, res, tenant, uid);
    await this.begin(res, tenant, uid);
  }

  async beginForAccount(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const next = returnPath(new URL(req.url, tenant.origin).searchParams.get('next'));
    await this.begin(res, tenant, undefined, next);
  }

  async callback(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const query = req.url.indexOf('?');
    const state = readCookie(req, upstreamCookieName(tenant, this.secure));
    const { identity, uid, next } = await this.upstream.finish(tenant, query < 0 ? '' : req.url.slice(query), state);
    await this.accounts.remember(tenant, identity);
    const from = callerFacts(req);
    if ((await this.accounts.find(tenant, identity.subject)) === undefined) {
      this.events.signInFailed(tenant, {
        principal: identity.subject,
        ...from,
        reason: 'no access to this tenant',
      });
      throw new AppError(
        'FORBIDDEN',
        'You are signed in, but have no access here. Ask the administrator of this server.',
      );
    }
    this.events.record(tenant, 'sign_in', { principal: identity.subject, ...from });
    await this.upstream.handOver(tenant, state ?? '', uid, identity.subject);
    const page = uid === undefined ? `/account/federated?next=${returnPath(next)}` : `/interaction/${uid}/federated`;
    res.redirect(303, tenant.path + page);
  }

  async continueInteraction(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const interaction = await this.interactions.find(req, res, tenant, uid);
    const subject = await this.takeOver(req, res, tenant, uid);
    await this.interactions.signedIn(req, res, tenant, interaction, subject);
  }

  /** Returns the person whose identity was just proven in this browser; works once. */
  async takeOver(req: Request, res: Response, tenant: Tenant, uid: string | undefined): Promise<string> {
    const name = upstreamCookieName(tenant, this.secure);
    const subject = await this.upstream.takeOver(tenant, readCookie(req, name), uid);
    res.clearCookie(name, { path: '/', secure: this.secure, httpOnly: true, sameSite: 'lax' });
    return subject;
  }

  private async begin(res: Response, tenant: Tenant, uid: string | undefined, next?: string): Promise<void> {
    const { url, state } = await this.upstream.begin(tenant, uid, next);
    res.cookie(upstreamCookieName(tenant, this.secure), state, {
      path: '/',
      secure: this.secure,
      httpOnly: true,
      // Lax: the provider sends the browser back by a top-level navigation.
      sameSite: 'lax',
      maxAge: UPSTREAM_S * 1000,
    });
    res.setHeader('Cache-Control', 'no-store');
    res.redirect(303, url);
  }
}
