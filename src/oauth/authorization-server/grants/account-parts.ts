import { Injectable } from '@nestjs/common';
import { StateCipher } from '../../../state/state-cipher.js';
import { GrantsService } from './grants.service.js';
import { SignInService } from '../../identity/sign-in.service.js';

@Injectable()
export class AccountParts {
  constructor(
    readonly signIns: SignInService,
    readonly grants: GrantsService,
    readonly cipher: StateCipher,
  ) {}
}
