import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { SignInRejection } from '../../identity/sign-in.service.js';
import { BrowserSessions } from '../grants/browser-sessions.js';
import { Forms } from '../pages/forms.js';
import { lookOfTenant } from '../pages/look/look.js';
import { sendPage } from '../pages/page.js';
import { signInPage } from '../pages/sign-in.page.js';
import { languageOf } from '../pages/texts.js';
import { UpstreamSignIn } from '../upstream/upstream-sign-in.js';
import { PasswordSignIn } from './password-sign-in.js';
import { returnPath } from './return-path.js';
import { AccountSignInForm } from './sign-in.form.js';

/** Signs people in outside of an authorization: for the account page, and for the pages that hand out files. */
@Injectable()
export class AccountSignIn {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly forms: Forms,
    private readonly passwords: PasswordSignIn,
    private readonly upstream: UpstreamSignIn,
  ) {}

  /** `next` is the page to return to, as `returnPath` has it. */
  send(
    req: Request,
    res: Response,
    tenant: Tenant,
    next: string,
    attempt: { readonly problem?: SignInRejection; readonly username?: string } = {},
  ): void {
    const { upstream } = tenant.config;
    sendPage(
      res,
      signInPage({
        language: languageOf(req.headers['accept-language']),
        action: `${tenant.path}/account/sign-in`,
        csrf: this.forms.issueToken(this.forms.bindToBrowser(req, res, tenant)),
        next,
        tenant: tenant.name,
        database: tenant.config.database.database,
        passwordForm: upstream === undefined,
        upstream: upstream && { label: upstream.label, href: `${tenant.path}/login/upstream?next=${next}` },
        ...attempt,
      }),
      lookOfTenant(tenant),
    );
  }

  async signIn(req: Request, res: Response, tenant: Tenant): Promise<void> {
    this.forms.rejectOtherSites(req);
    if (tenant.config.upstream !== undefined) throw new AppError('NOT_FOUND', 'People sign in elsewhere here.');
    const form = await this.forms.read(req, AccountSignInForm, this.forms.bindToBrowser(req, res, tenant));
    const { username, password } = form;
    const next = returnPath(form.next);
    const outcome = await this.passwords.attempt(req, tenant, username, password);
    if (outcome.kind === 'rejected') {
      const attempt = { problem: outcome.reason, username: username.slice(0, 128) };
      return this.send(req, res, tenant, next, attempt);
    }
    await this.sessions.begin(req, res, tenant, outcome.account.subject);
    res.redirect(303, `${tenant.path}/${next}`);
  }

  async federated(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const subject = await this.upstream.takeOver(req, res, tenant, undefined);
    await this.sessions.begin(req, res, tenant, subject);
    const next = new URL(req.url, tenant.origin).searchParams.get('next');
    res.redirect(303, `${tenant.path}/${returnPath(next)}`);
  }
}
