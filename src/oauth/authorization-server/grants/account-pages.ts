import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { SignInRejection } from '../../identity/sign-in.service.js';
import { SESSION_ABSOLUTE_S } from '../../tokens/lifetimes.js';
import { accountPage } from '../pages/account.page.js';
import { type Form, type FormBinding, Forms } from '../pages/forms.js';
import { lookOfTenant } from '../pages/look/look.js';
import { sendPage } from '../pages/page.js';
import { signInPage } from '../pages/sign-in.page.js';
import { languageOf } from '../pages/texts.js';
import { PasswordSignIn } from '../sign-in/password-sign-in.js';
import { SignInForm } from '../sign-in/sign-in.form.js';
import { UpstreamSignIn } from '../upstream/upstream-sign-in.js';
import { RevokeAllForm, RevokeForm, SignOutForm } from './account.forms.js';
import { BrowserSessions, type SignedInSession } from './browser-sessions.js';
import { GrantsService } from './grants.service.js';

/** Applications on one page of the list. */
const PAGE_SIZE = 10;
/** Reloading the page repeats its message for so long. */
const NOTICE_S = 300;

/** The account page and its forms. */
@Injectable()
export class AccountPages {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly grants: GrantsService,
    private readonly forms: Forms,
    private readonly passwords: PasswordSignIn,
    private readonly upstream: UpstreamSignIn,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) return this.sendSignIn(req, res, tenant);
    const { searchParams } = new URL(req.url, tenant.origin);
    const all = await this.grants.of(tenant, session.account.subject);
    const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
    const page = Math.min(pages, pageNumber(searchParams.get('page')));
    sendPage(
      res,
      accountPage({
        language: languageOf(req.headers['accept-language']),
        base: `${tenant.path}/account`,
        csrf: this.forms.issueToken(bindingOf(tenant, session)),
        person: session.account.displayName,
        tenant: tenant.name,
        database: tenant.config.database.database,
        clients: all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
        page,
        pages,
        revoked: this.forms.readNotice(noticeOf(tenant, session), searchParams.get('revoked') ?? ''),
      }),
      lookOfTenant(tenant),
    );
  }

  async signIn(req: Request, res: Response, tenant: Tenant): Promise<void> {
    this.forms.rejectOtherSites(req);
    if (tenant.config.upstream !== undefined) throw new AppError('NOT_FOUND', 'People sign in elsewhere here.');
    const { username, password } = await this.forms.read(req, SignInForm, this.forms.bindToBrowser(req, res, tenant));
    const outcome = await this.passwords.attempt(req, tenant, username, password);
    if (outcome.kind === 'rejected') {
      return this.sendSignIn(req, res, tenant, { problem: outcome.reason, username: username.slice(0, 128) });
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
    const { session, form } = await this.submission(req, res, tenant, RevokeForm);
    const name = await this.grants.revoke(tenant, session.account.subject, form.grant);
    const query = name === undefined ? '' : `?revoked=${this.forms.issueNotice(noticeOf(tenant, session), name)}`;
    res.redirect(303, `${tenant.path}/account${query}`);
  }

  async revokeAll(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const { session } = await this.submission(req, res, tenant, RevokeAllForm);
    await this.grants.revokeAll(tenant, session.account.subject);
    res.redirect(303, `${tenant.path}/account?revoked=${this.forms.issueNotice(noticeOf(tenant, session), '')}`);
  }

  async signOut(req: Request, res: Response, tenant: Tenant): Promise<void> {
    await this.submission(req, res, tenant, SignOutForm);
    await this.sessions.end(req, res, tenant);
    res.redirect(303, `${tenant.path}/account`);
  }

  private sendSignIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    attempt: { readonly problem?: SignInRejection; readonly username?: string } = {},
  ): void {
    const { upstream } = tenant.config;
    sendPage(
      res,
      signInPage({
        language: languageOf(req.headers['accept-language']),
        action: `${tenant.path}/account/sign-in`,
        csrf: this.forms.issueToken(this.forms.bindToBrowser(req, res, tenant)),
        tenant: tenant.name,
        database: tenant.config.database.database,
        passwordForm: upstream === undefined,
        upstream: upstream && { label: upstream.label, href: `${tenant.path}/login/upstream` },
        ...attempt,
      }),
      lookOfTenant(tenant),
    );
  }

  private async submission<T extends Form>(
    req: Request,
    res: Response,
    tenant: Tenant,
    type: new () => T,
  ): Promise<{ session: SignedInSession; form: T }> {
    this.forms.rejectOtherSites(req);
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.', { hint: 'expired' });
    return { session, form: await this.forms.read(req, type, bindingOf(tenant, session)) };
  }
}

function bindingOf(tenant: Tenant, session: SignedInSession): FormBinding {
  return { purpose: 'account form', ids: [tenant.name, session.id], ttlSeconds: SESSION_ABSOLUTE_S };
}

/** The name of what was revoked, or an empty text for everything. */
function noticeOf(tenant: Tenant, session: SignedInSession): FormBinding {
  return { purpose: 'account notice', ids: [tenant.name, session.id], ttlSeconds: NOTICE_S };
}

function pageNumber(text: string | null): number {
  return /^[1-9]\d{0,3}$/.test(text ?? '') ? Number(text) : 1;
}
