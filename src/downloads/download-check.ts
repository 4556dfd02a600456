import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { hasScope, type Principal } from '../common/principal.js';
import type { ExportLink } from '../export/links/export-link.js';
import { ExportLinks } from '../export/links/export-links.js';
import { AccountsService } from '../oauth/identity/accounts.service.js';
import { TokenLookup } from '../oauth/tokens/token-lookup.js';
import { KnowledgeService } from '../knowledge/knowledge.service.js';
import { orderBasis } from '../knowledge/order-basis.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ToolRegistry } from '../tools/tool.registry.js';

/** The tool that made the link, and the scope that the link needs. The access rules decide who has export_subject_data. */
const QUERY = { tool: 'export_query', scope: 'sql:export' } as const;
const SUBJECT = { tool: 'export_subject_data', scope: 'sql:read' } as const;

/** Decides about a link when it is used: since it was made, the person, the grant and the rules may have changed. */
@Injectable()
export class DownloadCheck {
  constructor(
    private readonly links: ExportLinks,
    private readonly accounts: AccountsService,
    private readonly tokens: TokenLookup,
    private readonly tools: ToolRegistry,
    private readonly knowledge: KnowledgeService,
  ) {}

  /** Undefined also for a link of another person, who must not learn that it exists. */
  async linkOf(tenant: Tenant, id: string, subject: string): Promise<ExportLink | undefined> {
    const link = await this.links.find(tenant, id);
    return link?.subject === subject ? link : undefined;
  }

  /** The person as the rules are now. Throws AppError FORBIDDEN when they may not have the file any more. */
  async admit(tenant: Tenant, link: ExportLink): Promise<Principal> {
    const { subject, client, grantId, madeAt, dataSubject } = link;
    const needed = dataSubject === undefined ? QUERY : SUBJECT;
    // A link from before the person's access was renewed is void, as tokens of that time are.
    const account = await this.accounts.findIssued(tenant, subject, Math.floor(madeAt / 1000));
    if (account === undefined) throw forbidden('You have no access here any more.');
    const { highestScope, mayExport, limits, attributes } = account.access;
    const granted = await this.tokens.grantedScopes(tenant, { grantId, subject, client });
    if (!hasScope(granted, needed.scope)) {
      throw forbidden('The application that made this link has no access any more, or may not export.');
    }
    const scopes = new Set(['sql:read', needed.scope]);
    const principal = {
      ...{ subject, client, tenant: tenant.name, scopes, highestScope, mayExport, grantId, attributes },
      access: limits,
    };
    if (!this.tools.isOffered(tenant, principal, needed.tool)) throw forbidden('You may not export here any more.');
    if (!this.isCurrent(tenant, link)) throw outdated();
    return principal;
  }

  /**
   * A caller's own statement is judged anew as a whole when it runs. What was made from definitions keeps their statements
   * and the columns that they left out, so it is only current as long as they are.
   */
  private isCurrent(tenant: Tenant, { dataSubject, definition, basis }: ExportLink): boolean {
    if (dataSubject === undefined && definition === undefined) return true;
    const now = this.knowledge.of(tenant);
    return now !== undefined && basis === orderBasis(tenant, now);
  }
}

function outdated(): AppError {
  const message = 'The definitions or the protected columns of this server have changed since this link was made.';
  return new AppError('FORBIDDEN', message, { hint: 'Order the file again: ask the application for a new link.' });
}

function forbidden(message: string): AppError {
  return new AppError('FORBIDDEN', message, { hint: 'Ask the administrator of this server.' });
}
