import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../common/app-error.js';
import { LINK_ID, LINK_S } from '../export/links/export-link.js';
import { BrowserSessions, type SignedInSession } from '../oauth/authorization-server/grants/browser-sessions.js';
import { type FormBinding, Form, Forms } from '../oauth/authorization-server/pages/forms.js';
import { AccountSignIn } from '../oauth/authorization-server/sign-in/account-sign-in.js';
import type { Tenant } from '../tenancy/tenant.js';
import { gone } from './download.js';

class DownloadForm extends Form {}

/** The browser's side: its session with the tenant, and the token of its form. */
@Injectable()
export class BrowserEdge {
  constructor(
    readonly sessions: BrowserSessions,
    readonly forms: Forms,
    private readonly signIns: AccountSignIn,
  ) {}

  /** The session; undefined when the sign-in page was sent instead. */
  async sessionFor(req: Request, res: Response, tenant: Tenant, id: string): Promise<SignedInSession | undefined> {
    if (!LINK_ID.test(id)) throw gone();
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) this.signIns.send(req, res, tenant, `downloads/${id}`);
    return session;
  }

  /** Throws AppError for a form that this server did not make for this person and this link. */
  async submission(req: Request, res: Response, tenant: Tenant, id: string): Promise<SignedInSession> {
    this.forms.rejectOtherSites(req);
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.', { hint: 'expired' });
    await this.forms.read(req, DownloadForm, bindingOf(tenant, session, id));
    return session;
  }
}

export function bindingOf(tenant: Tenant, session: SignedInSession, id: string): FormBinding {
  return { purpose: 'download form', ids: [tenant.name, session.id, id], ttlSeconds: LINK_S };
}
