import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { logger } from '../../../common/log.js';
import { callerFacts } from '../../../http/caller-facts.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type SignInOutcome, type SignInRejection, SignInService } from '../../identity/sign-in.service.js';
import { OAuthEvents } from '../oauth-events.js';

const log = logger('sign-in');

const REASONS: Readonly<Record<Exclude<SignInRejection, 'busy'>, string>> = {
  wrong: 'wrong name or password, or no access',
  tooMany: 'too many attempts',
};

/** Sign-in by the form of one of our pages: checks name and password, and records the outcome. */
@Injectable()
export class PasswordSignIn {
  constructor(
    private readonly signIns: SignInService,
    private readonly events: OAuthEvents,
  ) {}

  async attempt(req: Request, tenant: Tenant, name: string, password: string): Promise<SignInOutcome> {
    const from = callerFacts(req);
    const outcome = await this.signIns.withPassword(tenant, from.remote_address, name, password);
    switch (outcome.kind) {
      case 'signed_in':
        this.events.record(tenant, 'sign_in', { principal: outcome.account.subject, ...from });
        break;
      case 'rejected':
        // Nobody looked at the password.
        if (outcome.reason === 'busy') log.warn({ tenant: tenant.name }, 'a sign-in was refused: too many at once');
        else this.events.signInFailed(tenant, { ...from, reason: REASONS[outcome.reason] });
        break;
      default:
        outcome satisfies never;
    }
    return outcome;
  }
}
