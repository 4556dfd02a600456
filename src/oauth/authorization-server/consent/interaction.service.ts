import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { ConsentService } from './consent.service.js';
import { InteractionParts } from './interaction-parts.js';
import { type Interaction, forgetSession } from '../bridge/browser-session.js';
import { consentPage } from '../pages/consent.page.js';
import { sendPage } from '../pages/page.js';
import { signInPage } from '../pages/sign-in.page.js';
import { type Language, languageOf } from '../pages/texts.js';
import { ProviderFactory } from '../provider/provider.factory.js';
import { readForm } from '../../../http/read-body.js';
import { refuseOtherSites } from '../pages/same-site.js';
import { PasswordSignIn } from '../sign-in/password-sign-in.js';
import { INTERACTION_S } from '../../tokens/lifetimes.js';

/** The purpose of the token that each form carries against cross-site request forgery. */
const FORM = 'interaction form';

/** The pages between `/authorize` and the answer to the client: sign in, then consent. */
@Injectable()
export class InteractionService {
  constructor(
    @Inject(httpConfig.KEY) private readonly server: ConfigType<typeof httpConfig>,
    private readonly providers: ProviderFactory,
    private readonly passwords: PasswordSignIn,
    private readonly consents: ConsentService,
    private readonly parts: InteractionParts,
  ) {}

  async show(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const interaction = await this.find(req, res, tenant, uid);
    if (interaction.prompt.name === 'login') return this.showSignIn(req, res, tenant, interaction);
    await this.showConsent(req, res, tenant, interaction);
  }

  async signIn(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const { interaction, form } = await this.submission(req, res, tenant, uid, 'login');
    if (form.has('cancel')) return this.deny(req, res, tenant);
    if (tenant.config.upstream !== undefined) throw new AppError('NOT_FOUND', 'People sign in elsewhere here.');
    const name = form.get('username') ?? '';
    const outcome = await this.passwords.attempt(req, tenant, name, form.get('password') ?? '');
    if (outcome.kind === 'rejected') {
      return this.showSignIn(req, res, tenant, interaction, { problem: outcome.reason, username: name.slice(0, 128) });
    }
    await this.signedIn(req, res, tenant, interaction, outcome.account.subject);
  }

  async decide(req: Request, res: Response, tenant: Tenant, uid: string): Promise<void> {
    const { interaction, form } = await this.submission(req, res, tenant, uid, 'consent');
    const { provider } = this.providers.of(tenant);
    switch (form.get('decision')) {
      case 'approve': {
        const grantId = await this.consents.grant(tenant, interaction, form.get('scope') ?? undefined, req);
        if (grantId === undefined) return this.deny(req, res, tenant);
        return provider.interactionFinished(req, res, { consent: { grantId } }, { mergeWithLastSubmission: true });
      }
      case 'switch':
        await forgetSession(provider, req, res, interaction);
        return provider.interactionFinished(req, res, {}, { mergeWithLastSubmission: false });
      case 'deny':
        this.consents.denied(tenant, interaction, req);
        return this.deny(req, res, tenant);
      default:
        throw new AppError('BAD_REQUEST', 'Choose to allow or to deny.');
    }
  }

  /** Ends the sign-in step for a person whose identity is proven. */
  async signedIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    subject: string,
  ): Promise<void> {
    const session = interaction.session;
    const { provider } = this.providers.of(tenant);
    if (session !== undefined && session.accountId !== subject) await forgetSession(provider, req, res, interaction);
    await provider.interactionFinished(req, res, { login: { accountId: subject } }, { mergeWithLastSubmission: false });
  }

  /** The interaction this browser began. Throws BAD_REQUEST with the hint `expired`. */
  async find(req: Request, res: Response, tenant: Tenant, uid: string): Promise<Interaction> {
    const { provider } = this.providers.of(tenant);
    const interaction = await provider.interactionDetails(req, res);
    if (interaction.uid !== uid)
      throw new AppError('BAD_REQUEST', 'This sign-in was begun elsewhere.', { hint: 'expired' });
    return interaction;
  }

  private async showSignIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    attempt: { problem?: 'wrong' | 'tooMany'; username?: string } = {},
  ): Promise<void> {
    const { upstream } = tenant.config;
    const base = `${tenant.path}/interaction/${interaction.uid}`;
    sendPage(
      res,
      signInPage({
        language: languageFor(req, interaction),
        action: `${base}/login`,
        csrf: this.csrf(tenant, interaction),
        client: await this.clientOf(tenant, interaction),
        tenant: tenant.name,
        database: tenant.config.database.database,
        passwordForm: upstream === undefined,
        upstream: upstream && { label: upstream.label, href: `${base}/upstream` },
        ...attempt,
      }),
    );
  }

  private async showConsent(req: Request, res: Response, tenant: Tenant, interaction: Interaction): Promise<void> {
    const subject = interaction.session?.accountId;
    const account = subject === undefined ? undefined : await this.parts.accounts.find(tenant, subject);
    if (account === undefined) return this.deny(req, res, tenant);
    const client = await this.clientOf(tenant, interaction);
    sendPage(
      res,
      consentPage({
        language: languageFor(req, interaction),
        action: `${tenant.path}/interaction/${interaction.uid}/consent`,
        csrf: this.csrf(tenant, interaction),
        client: { ...client, id: String(interaction.params['client_id']) },
        tenant: tenant.name,
        database: tenant.config.database.database,
        person: account.displayName,
        offered: this.consents.offered(interaction, account),
      }),
    );
  }

  private async submission(
    req: Request,
    res: Response,
    tenant: Tenant,
    uid: string,
    prompt: string,
  ): Promise<{ interaction: Interaction; form: URLSearchParams }> {
    refuseOtherSites(req, this.server.publicUrl);
    const interaction = await this.find(req, res, tenant, uid);
    const form = await readForm(req);
    if (interaction.prompt.name !== prompt) {
      throw new AppError('BAD_REQUEST', 'This step is over.', { hint: 'expired' });
    }
    const binding = [tenant.name, prompt, interaction.uid];
    if (this.parts.tokens.verify(FORM, form.get('csrf') ?? '', binding) === undefined) {
      throw new AppError('FORBIDDEN', 'This form was not made by this server.');
    }
    return { interaction, form };
  }

  private async deny(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const result = { error: 'access_denied', error_description: 'The person denied the request' };
    await this.providers.of(tenant).provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }

  private async clientOf(tenant: Tenant, interaction: Interaction): Promise<{ name: string; redirectUri: string }> {
    const { client_id: id, redirect_uri: redirectUri } = interaction.params as Record<string, string>;
    const client = await this.providers.of(tenant).provider.Client.find(String(id));
    if (client === undefined)
      throw new AppError('BAD_REQUEST', 'The application is not registered any more.', { hint: 'expired' });
    return { name: client.clientName ?? client.clientId, redirectUri: String(redirectUri) };
  }

  private csrf(tenant: Tenant, interaction: Interaction): string {
    const binding = [tenant.name, interaction.prompt.name, interaction.uid];
    return this.parts.tokens.issue(FORM, '', binding, INTERACTION_S);
  }
}

/** What the client asked for (`ui_locales`, OpenID Connect Core §3.1.2.1) before what the browser prefers. */
function languageFor(req: Request, interaction: Interaction): Language {
  const asked = String(interaction.params['ui_locales'] ?? '').split(' ', 10);
  return languageOf([...asked, req.headers['accept-language'] ?? ''].join(','));
}
