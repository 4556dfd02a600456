import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { AccountParts } from './account-parts.js';
import { BrowserSessions, type SignedInSession } from './browser-sessions.js';
import { accountPage } from '../pages/account.page.js';
import { sendPage } from '../pages/page.js';
import { signInPage } from '../pages/sign-in.page.js';
import { languageOf } from '../pages/texts.js';
import { readForm } from '../../../http/read-body.js';
import { refuseOtherSites } from '../pages/same-site.js';
import { UpstreamSignIn } from '../upstream/upstream-sign-in.js';
import { SESSION_ABSOLUTE_S } from '../../tokens/lifetimes.js';

/** The purpose of the token that each form carries against cross-site request forgery. */
const FORM = 'account form';

/** The account page and its forms. */
@Injectable()
export class AccountPages {
  constructor(
    @Inject(httpConfig.KEY) private readonly server: ConfigType<typeof httpConfig>,
    private readonly sessions: BrowserSessions,
    private readonly upstream: UpstreamSignIn,
    private readonly parts: AccountParts,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) return this.showSignIn(req, res, tenant);
    sendPage(
      res,
      accountPage({
        language: languageOf(req.headers['accept-language']),
        base: `${tenant.path}/account`,
        csrf: this.parts.tokens.issue(FORM, '', [tenant.name, session.id], SESSION_ABSOLUTE_S),
        person: session.account.displayName,
        tenant: tenant.name,
        database: tenant.config.database.database,
        clients: await this.parts.grants.of(tenant, session.account.subject),
        notice: /[?&]revoked\b/.test(req.url) ? 'revoked' : undefined,
      }),
    );
  }

  async signIn(req: Request, res: Response, tenant: Tenant): Promise<void> {
    refuseOtherSites(req, this.server.publicUrl);
    if (tenant.config.upstream !== undefined) throw new AppError('NOT_FOUND', 'People sign in elsewhere here.');
    const form = await readForm(req);
    const name = form.get('username') ?? '';
    const outcome = await this.parts.passwords.attempt(req, tenant, name, form.get('password') ?? '');
    if (outcome.kind === 'rejected') {
      return this.showSignIn(req, res, tenant, { problem: outcome.reason, username: name.slice(0, 128) });
    }
    await this.sessions.begin(req, res, tenant, outcome.account.subject);
    res.redirect(303, `${tenant.path}/account`);
  }

  async federated(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const subject = await this.upstream.takeOver(req, res, tenant, undefined);
    await this.sessions.begin(req, res, tenant, subject);
    res.redirect(303, `${tenant.path}/account`);
  }

  async revoke(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const { session, form } = await this.submission(req, res, tenant);
    const done = await this.parts.grants.revoke(tenant, session.account.subject, form.get('grant') ?? '');
    res.redirect(303, `${tenant.path}/account${done ? '?revoked' : ''}`);
  }

  async signOut(req: Request, res: Response, tenant: Tenant): Promise<void> {
    await this.submission(req, res, tenant);
    await this.sessions.end(req, res, tenant);
    res.redirect(303, `${tenant.path}/account`);
  }

  private async submission(
    req: Request,
    res: Response,
    tenant: Tenant,
  ): Promise<{ session: SignedInSession; form: URLSearchParams }> {
    refuseOtherSites(req, this.server.publicUrl);
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.', { hint: 'expired' });
    const form = await readForm(req);
    if (this.parts.tokens.verify(FORM, form.get('csrf') ?? '', [tenant.name, session.id]) === undefined) {
      throw new AppError('FORBIDDEN', 'This form was not made by this server.');
    }
    return { session, form };
  }

  private showSignIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    attempt: { problem?: 'wrong' | 'tooMany'; username?: string } = {},
  ): void {
    const { upstream } = tenant.config;
    sendPage(
      res,
      signInPage({
        language: languageOf(req.headers['accept-language']),
        action: `${tenant.path}/account/sign-in`,
        csrf: '',
        tenant: tenant.name,
        database: tenant.config.database.database,
        passwordForm: upstream === undefined,
        upstream: upstream && { label: upstream.label, href: `${tenant.path}/login/upstream` },
        ...attempt,
      }),
    );
  }
}
