import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { Interaction } from '../bridge/browser-session.js';
import { type Form, Forms } from '../pages/forms.js';
import { PasswordSignIn } from '../sign-in/password-sign-in.js';
import { SignInForm } from '../sign-in/sign-in.form.js';
import { ConsentForm } from './consent.form.js';
import { ConsentService } from './consent.service.js';
import { bindingOf, InteractionPages } from './interaction-pages.js';
import { Interactions } from './interactions.js';

/** The steps between `/authorize` and the answer to the client: sign in, then consent. */
@Injectable()
export class InteractionService {
  constructor(
    private readonly interactions: Interactions,
    private readonly pages: InteractionPages,
    private readonly forms: Forms,
    private readonly passwords: PasswordSignIn,
    private readonly consents: ConsentService,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const interaction = await this.interactions.find(req, res, tenant, uid);
    if (interaction.prompt.name === 'login') return this.pages.sendSignIn(req, res, tenant, interaction);
    const account = await this.consents.accountOf(tenant, interaction);
    if (account === undefined) return this.interactions.deny(req, res, tenant);
    await this.pages.sendConsent(req, res, tenant, interaction, account);
  }

  async signIn(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const { interaction, form } = await this.submission(req, res, tenant, uid, SignInForm, 'login');
    if (form.cancel !== '') return this.interactions.deny(req, res, tenant);
    if (tenant.config.upstream !== undefined) throw new AppError('NOT_FOUND', 'People sign in elsewhere here.');
    const { username, password } = form;
    const outcome = await this.passwords.attempt(req, tenant, username, password);
    if (outcome.kind === 'rejected') {
      const attempt = { problem: outcome.reason, username: username.slice(0, 128) };
      return this.pages.sendSignIn(req, res, tenant, interaction, attempt);
    }
    await this.interactions.signedIn(req, res, tenant, interaction, outcome.account.subject);
  }

  async decide(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const { interaction, form } = await this.submission(req, res, tenant, uid, ConsentForm, 'consent');
    switch (form.decision) {
      case 'approve': {
        const grantId = await this.consents.grant(tenant, interaction, form, req);
        if (grantId === undefined) return this.interactions.deny(req, res, tenant);
        return this.interactions.consented(req, res, tenant, interaction, grantId);
      }
      case 'switch':
        return this.interactions.switchPerson(req, res, tenant, interaction);
      case 'deny':
        this.consents.denied(tenant, interaction, req);
        return this.interactions.deny(req, res, tenant);
      default:
        form.decision satisfies never;
    }
  }

  private async submission<T extends Form>(
    req: Request,
    res: Response,
    tenant: Tenant,
    uid: string,
    type: new () => T,
    prompt: string,
  ): Promise<{ interaction: Interaction; form: T }> {
    this.forms.rejectOtherSites(req);
    const interaction = await this.interactions.find(req, res, tenant, uid);
    if (interaction.prompt.name !== prompt) {
      throw new AppError('BAD_REQUEST', 'This step is over.', { hint: 'expired' });
    }
    return { interaction, form: await this.forms.read(req, type, bindingOf(tenant, interaction)) };
  }
}
