import { Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';
import { SealedTokens } from '../../../state/sealed-tokens.js';
import { AccountsService } from '../../identity/accounts.service.js';

/** One authorization on its way from `/authorize` to the client, bound to one browser. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

@Injectable()
export class InteractionParts {
  constructor(
    readonly accounts: AccountsService,
    readonly tokens: SealedTokens,
  ) {}
}
