import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { Account } from '../../identity/accounts.service.js';
import type { SignInRejection } from '../../identity/sign-in.service.js';
import { INTERACTION_S } from '../../tokens/lifetimes.js';
import type { Interaction } from '../bridge/browser-session.js';
import { consentPage } from '../pages/consent.page.js';
import { type FormBinding, Forms } from '../pages/forms.js';
import { lookOfTenant } from '../pages/look/look.js';
import { sendPage } from '../pages/page.js';
import { signInPage } from '../pages/sign-in.page.js';
import { type Language, languageOf } from '../pages/texts.js';
import { ConsentService } from './consent.service.js';
import { Interactions } from './interactions.js';

/** Sends the sign-in page and the consent page of an interaction. */
@Injectable()
export class InteractionPages {
  constructor(
    private readonly interactions: Interactions,
    private readonly consents: ConsentService,
    private readonly forms: Forms,
  ) {}

  async sendSignIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    attempt: { readonly problem?: SignInRejection; readonly username?: string } = {},
  ): Promise<void> {
    const { upstream } = tenant.config;
    const base = `${tenant.path}/interaction/${interaction.uid}`;
    sendPage(
      res,
      signInPage({
        language: languageFor(req, interaction),
        action: `${base}/login`,
        csrf: this.forms.issueToken(bindingOf(tenant, interaction)),
        client: await this.interactions.clientOf(tenant, interaction),
        tenant: tenant.name,
        database: tenant.config.database.database,
        passwordForm: upstream === undefined,
        upstream: upstream && { label: upstream.label, href: `${base}/upstream` },
        ...attempt,
      }),
      lookOfTenant(tenant),
    );
  }

  async sendConsent(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    account: Account,
  ): Promise<void> {
    const client = await this.interactions.clientOf(tenant, interaction);
    sendPage(
      res,
      consentPage({
        language: languageFor(req, interaction),
        action: `${tenant.path}/interaction/${interaction.uid}/consent`,
        csrf: this.forms.issueToken(bindingOf(tenant, interaction)),
        client: { ...client, id: String(interaction.params['client_id']) },
        tenant: tenant.name,
        database: tenant.config.database.database,
        person: account.displayName,
        offered: this.consents.offered(interaction, account),
        offersExport: this.consents.offersExport(interaction, account),
      }),
      lookOfTenant(tenant),
    );
  }
}

/** A form is valid for one step of one interaction. */
export function bindingOf(tenant: Tenant, interaction: Interaction): FormBinding {
  return {
    purpose: 'interaction form',
    ids: [tenant.name, interaction.prompt.name, interaction.uid],
    ttlSeconds: INTERACTION_S,
  };
}

/** What the client asked for (`ui_locales`, OpenID Connect Core §3.1.2.1) comes before what the browser prefers. */
function languageFor(req: Request, interaction: Interaction): Language {
  const asked = String(interaction.params['ui_locales'] ?? '').split(' ', 10);
  return languageOf([...asked, req.headers['accept-language'] ?? ''].join(','));
}
