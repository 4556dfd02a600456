import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type Interaction, forgetSession } from '../bridge/browser-session.js';
import { StaticClients } from '../clients/static-clients.js';
import { GrantTargets } from '../grants/grant-targets.js';
import { ProviderFactory } from '../provider/provider.factory.js';

/** The application that asks. */
export interface RequestingClient {
  readonly name: string;
  readonly redirectUri: string;
  /** Whether it chose its name itself, by registration or by its own document. */
  readonly choseName: boolean;
}

/** The authorizations that wait for a person. `find` and `clientOf` read one, the other methods answer the request. */
@Injectable()
export class Interactions {
  constructor(
    private readonly providers: ProviderFactory,
    private readonly statics: StaticClients,
    private readonly targets: GrantTargets,
  ) {}

  /** The interaction this browser began. Throws BAD_REQUEST with the hint `expired`. */
  async find(req: Request, res: Response, tenant: Tenant, uid: string): Promise<Interaction> {
    const provider = this.providers.of(tenant);
    const interaction = await provider.interactionDetails(req, res);
    if (interaction.uid !== uid) {
      throw new AppError('BAD_REQUEST', 'This sign-in was begun elsewhere.', { hint: 'expired' });
    }
    return interaction;
  }

  /** Throws BAD_REQUEST with the hint `unknown_client` when the client is no longer registered. */
  async clientOf(tenant: Tenant, interaction: Interaction): Promise<RequestingClient> {
    const { client_id: id, redirect_uri: redirectUri } = interaction.params as Record<string, string>;
    const client = await this.providers.of(tenant).Client.find(String(id));
    if (client === undefined) {
      throw new AppError('BAD_REQUEST', 'The application is not registered any more.', { hint: 'unknown_client' });
    }
    return {
      name: client.clientName ?? client.clientId,
      redirectUri: String(redirectUri),
      choseName: !this.statics.isKnown(tenant, client.clientId),
    };
  }

  /** Ends the sign-in step for a person whose identity is proven. */
  async signedIn(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    subject: string,
  ): Promise<void> {
    const { session } = interaction;
    const provider = this.providers.of(tenant);
    if (session !== undefined && session.accountId !== subject) await forgetSession(provider, req, res, interaction);
    await provider.interactionFinished(req, res, { login: { accountId: subject } }, { mergeWithLastSubmission: false });
  }

  /** Ends the consent step with this grant. */
  async consented(
    req: Request,
    res: Response,
    tenant: Tenant,
    interaction: Interaction,
    grantId: string,
  ): Promise<void> {
    await this.targets.record(tenant, grantId, String(interaction.params['redirect_uri']));
    const provider = this.providers.of(tenant);
    await provider.interactionFinished(req, res, { consent: { grantId } }, { mergeWithLastSubmission: true });
  }

  /** Goes back to the sign-in step, for another person. */
  async switchPerson(req: Request, res: Response, tenant: Tenant, interaction: Interaction): Promise<void> {
    const provider = this.providers.of(tenant);
    await forgetSession(provider, req, res, interaction);
    await provider.interactionFinished(req, res, {}, { mergeWithLastSubmission: false });
  }

  /** Tells the client that the person denied the request (RFC 6749 §4.1.2.1). */
  async deny(req: Request, res: Response, tenant: Tenant): Promise<void> {
    const result = { error: 'access_denied', error_description: 'The person denied the request' };
    await this.providers.of(tenant).interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }
}
