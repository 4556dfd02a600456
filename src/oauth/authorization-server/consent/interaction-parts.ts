import { Injectable } from '@nestjs/common';
import { SealedTokens } from '../../../state/sealed-tokens.js';
import { AccountsService } from '../../identity/accounts.service.js';

@Injectable()
export class InteractionParts {
  constructor(
    readonly accounts: AccountsService,
    readonly tokens: SealedTokens,
  ) {}
}
