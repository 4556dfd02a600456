import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../identity/accounts.service.js';
import { DocumentFetcher } from '../clients/document-fetcher.js';
import { OAuthEvents } from '../oauth-events.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';

/** What providers of all tenants share. */
@Injectable()
export class ProviderCollaborators {
  constructor(
    readonly accounts: AccountsService,
    readonly documents: DocumentFetcher,
    readonly events: OAuthEvents,
    readonly storages: ModelStorageFactory,
  ) {}
}
