import { Injectable } from '@nestjs/common';
import { SealedTokens } from '../../../state/sealed-tokens.js';
import { GrantsService } from './grants.service.js';
import { SignInService } from '../../identity/sign-in.service.js';

@Injectable()
export class AccountParts {
  constructor(
    readonly signIns: SignInService,
    readonly grants: GrantsService,
    readonly tokens: SealedTokens,
  ) {}
}
