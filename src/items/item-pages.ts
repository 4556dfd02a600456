import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../common/app-error.js';
import type { Principal } from '../common/principal.js';
import { requestIdOf } from '../http/request-id.js';
import { outputOf } from '../invocation/invocation.js';
import { ToolInvoker } from '../invocation/tool.invoker.js';
import { BrowserSessions } from '../oauth/authorization-server/grants/browser-sessions.js';
import { lookOfTenant } from '../oauth/authorization-server/pages/look/look.js';
import { sendPage } from '../oauth/authorization-server/pages/page.js';
import { languageOf } from '../oauth/authorization-server/pages/texts.js';
import { AccountSignIn } from '../oauth/authorization-server/sign-in/account-sign-in.js';
import type { Account } from '../oauth/identity/accounts.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ITEM_ID } from '../tools/research/item-id.js';
import type { ToolCall } from '../tools/tool.js';
import { itemPage, type ShownItem } from './item.page.js';

const TOOL = 'fetch';
/** The client of a call from a page, in the audit trail. */
const BROWSER = 'browser';

/**
 * Shows an item to a person who is signed in. It is a call of `fetch` in the person's name with the rules as they are now:
 * the same checks, limits and audit records.
 */
@Injectable()
export class ItemPages {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly signIns: AccountSignIn,
    private readonly tools: ToolInvoker,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant, id: string): Promise<void> {
    if (!tenant.config.deepResearch || !ITEM_ID.test(id)) throw notFound();
    const session = await this.sessions.current(req, res, tenant);
    if (session === undefined) return this.signIns.send(req, res, tenant, `items/${id}`);
    const item = await this.read(req, res, tenant, { id, account: session.account });
    sendPage(
      res,
      itemPage({
        language: languageOf(req.headers['accept-language']),
        person: session.account.displayName,
        tenant: tenant.name,
        database: tenant.config.database.database,
        item,
      }),
      lookOfTenant(tenant),
    );
  }

  private async read(
    req: Request,
    res: Response,
    tenant: Tenant,
    { id, account }: { readonly id: string; readonly account: Account },
  ): Promise<ShownItem> {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const call: ToolCall = {
      tenant,
      principal: principalOf(tenant, account),
      requestId: requestIdOf(req),
      signal: gone.signal,
      progress: () => {},
      log: () => {},
      canAsk: false,
      ask: () => Promise.reject(new AppError('INTERNAL', 'A page asks no questions.')),
    };
    try {
      const outcome = await this.tools.invoke({ name: TOOL, arguments: { id } }, call);
      return outputOf(outcome).structured as ShownItem;
    } catch (error) {
      // The page doesn't tell a person without the tool, or without the table, from one with a wrong address.
      if (error instanceof AppError && (error.code === 'INVALID_ARGUMENT' || error.code === 'UNKNOWN_TOOL'))
        throw notFound();
      throw error;
    }
  }
}

function principalOf(tenant: Tenant, { subject, access }: Account): Principal {
  const { highestScope, limits, attributes } = access;
  const scopes = new Set(['sql:read']);
  return { subject, client: BROWSER, tenant: tenant.name, scopes, highestScope, access: limits, attributes };
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such item, or you may not see it.');
}
