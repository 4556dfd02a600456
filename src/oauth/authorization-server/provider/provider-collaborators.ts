import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../identity/accounts.service.js';
import { DocumentFetcher } from '../clients/document-fetcher.js';
import { OAuthEvents } from '../oauth-events.js';
import { Revocations } from '../../tokens/revocations.js';

/** What providers of all tenants share. */
@Injectable()
export class ProviderCollaborators {
  constructor(
    readonly accounts: AccountsService,
    readonly documents: DocumentFetcher,
    readonly events: OAuthEvents,
    readonly revocations: Revocations,
  ) {}
}
