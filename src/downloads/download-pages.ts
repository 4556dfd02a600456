import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../common/app-error.js';
import { DownloadStates } from '../export/links/download-states.js';
import type { ExportLink } from '../export/links/export-link.js';
import { httpStatusOf } from '../http/app-error.filter.js';
import type { SignedInSession } from '../oauth/authorization-server/grants/browser-sessions.js';
import { lookOfTenant } from '../oauth/authorization-server/pages/look/look.js';
import { sendPage } from '../oauth/authorization-server/pages/page.js';
import { languageOf } from '../oauth/authorization-server/pages/texts.js';
import type { Tenant } from '../tenancy/tenant.js';
import { bindingOf, BrowserEdge } from './browser-edge.js';
import { DownloadCheck } from './download-check.js';
import { downloadPage, gonePage } from './download.page.js';
import { gone } from './download.js';
import { FileSender } from './file-sender.js';

/** The page of a link, the status that its script asks for, and the form that fetches the file. */
@Injectable()
export class DownloadPages {
  constructor(
    private readonly browser: BrowserEdge,
    private readonly check: DownloadCheck,
    private readonly states: DownloadStates,
    private readonly files: FileSender,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant, id: string): Promise<void> {
    const session = await this.browser.sessionFor(req, res, tenant, id);
    if (session === undefined) return;
    const link = await this.check.linkOf(tenant, id, session.account.subject);
    if (link === undefined) return this.sendEnded(req, res, tenant, { id, session });
    const problem = await this.check.admit(tenant, link).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (problem !== undefined && !(problem instanceof AppError)) throw problem;
    await this.send(req, res, tenant, { session, link, problem, mayFetch: problem === undefined });
  }

  async status(req: Request, res: Response, tenant: Tenant, id: string): Promise<void> {
    const session = await this.browser.sessions.current(req, res, tenant);
    const status = session && (await this.states.read(tenant, id, session.account.subject));
    res.setHeader('Cache-Control', 'no-store');
    res.json(status ?? {});
  }

  async fetch(req: Request, res: Response, tenant: Tenant, id: string): Promise<void> {
    const session = await this.browser.submission(req, res, tenant, id);
    const link = await this.check.linkOf(tenant, id, session.account.subject);
    if (link === undefined) return this.sendEnded(req, res, tenant, { id, session });
    const stillAllowed = async () => {
      // Revoked on the account page; a link that expires while its file is sent is not.
      if (Date.now() < link.expiresAt && (await this.check.linkOf(tenant, id, link.subject)) === undefined)
        throw gone();
      await this.check.admit(tenant, link);
    };
    try {
      const principal = await this.check.admit(tenant, link);
      await this.files.send({ tenant, link, principal, stillAllowed }, req, res);
    } catch (problem) {
      if (res.destroyed) return;
      if (!(problem instanceof AppError) || res.headersSent) throw problem;
      await this.send(req, res, tenant, { session, link, problem, mayFetch: problem.code !== 'FORBIDDEN' });
    }
  }

  private async send(
    req: Request,
    res: Response,
    tenant: Tenant,
    shown: {
      readonly session: SignedInSession;
      readonly link: ExportLink;
      readonly problem: AppError | undefined;
      readonly mayFetch: boolean;
    },
  ): Promise<void> {
    const { session, link, problem, mayFetch } = shown;
    const status = await this.states.read(tenant, link.id, session.account.subject);
    sendPage(
      res,
      downloadPage({
        language: languageOf(req.headers['accept-language']),
        action: `${tenant.path}/downloads/${link.id}`,
        csrf: this.browser.forms.issueToken(bindingOf(tenant, session, link.id)),
        person: session.account.displayName,
        tenant: tenant.name,
        database: tenant.config.database.database,
        hasProtected: tenant.config.protectedColumns.length > 0,
        link,
        status,
        problem,
        mayFetch,
        httpStatus: problem === undefined ? 200 : httpStatusOf(problem.code),
      }),
      lookOfTenant(tenant),
    );
  }

  /** The link is gone; its last download may be known. */
  private async sendEnded(
    req: Request,
    res: Response,
    tenant: Tenant,
    { id, session }: { readonly id: string; readonly session: SignedInSession },
  ): Promise<void> {
    const status = await this.states.read(tenant, id, session.account.subject);
    const language = languageOf(req.headers['accept-language']);
    const account = `${tenant.path}/account`;
    sendPage(res, gonePage({ language, status, account, person: session.account.displayName }), lookOfTenant(tenant));
  }
}
