import { Injectable } from '@nestjs/common';
import { SealedTokens } from '../../../state/sealed-tokens.js';
import { GrantsService } from './grants.service.js';
import { PasswordSignIn } from '../sign-in/password-sign-in.js';

@Injectable()
export class AccountParts {
  constructor(
    readonly passwords: PasswordSignIn,
    readonly grants: GrantsService,
    readonly tokens: SealedTokens,
  ) {}
}
