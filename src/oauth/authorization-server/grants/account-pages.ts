import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { ExportLinks } from '../../../export/links/export-links.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { SESSION_ABSOLUTE_S } from '../../tokens/lifetimes.js';
import { accountPage } from '../pages/account.page.js';
import { type Form, type FormBinding, Forms } from '../pages/forms.js';
import { lookOfTenant } from '../pages/look/look.js';
import { sendPage } from '../pages/page.js';
import { languageOf } from '../pages/texts.js';
import { AccountSignIn } from '../sign-in/account-sign-in.js';
import { RevokeAllForm, RevokeFileForm, RevokeForm, SignOutForm } from './account.forms.js';
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
    private readonly signIns: AccountSignIn,
    private readonly links: ExportLinks,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) return this.signIns.send(req, res, tenant, 'account');
    const { searchParams } = new URL(req.url, tenant.origin);
    const { subject } = session.account;
    const [all, links] = await Promise.all([this.grants.of(tenant, subject), this.links.of(tenant, subject)]);
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
        downloads: `${tenant.path}/downloads`,
        files: links,
        clients: all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
        page,
        pages,
        revoked: this.forms.readNotice(noticeOf(tenant, session), searchParams.get('revoked') ?? ''),
        revokedFile: this.forms.readNotice(fileNoticeOf(tenant, session), searchParams.get('revoked-file') ?? ''),
      }),
      lookOfTenant(tenant),
    );
  }

  async revoke(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const { session, form } = await this.submission(req, res, tenant, RevokeForm);
    const name = await this.grants.revoke(tenant, session.account.subject, form.grant);
    const query = name === undefined ? '' : `?revoked=${this.forms.issueNotice(noticeOf(tenant, session), name)}`;
    res.redirect(303, `${tenant.path}/account${query}`);
  }

  async revokeFile(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const { session, form } = await this.submission(req, res, tenant, RevokeFileForm);
    const name = await this.links.revoke(tenant, session.account.subject, form.link);
    const notice = name === undefined ? '' : this.forms.issueNotice(fileNoticeOf(tenant, session), name);
    res.redirect(303, `${tenant.path}/account${notice === '' ? '' : `?revoked-file=${notice}`}`);
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

/** The name of the file whose link was revoked. */
function fileNoticeOf(tenant: Tenant, session: SignedInSession): FormBinding {
  return { purpose: 'account file notice', ids: [tenant.name, session.id], ttlSeconds: NOTICE_S };
}

function pageNumber(text: string | null): number {
  return /^[1-9]\d{0,3}$/.test(text ?? '') ? Number(text) : 1;
}
