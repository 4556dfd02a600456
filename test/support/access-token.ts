import type { INestApplication } from '@nestjs/common';
import { ProviderFactory } from '../../src/oauth/authorization-server/provider/provider.factory.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { DEMO_USER } from './oauth-server.js';

const CLIENT = 'https://claude.ai/oauth/mcp-oauth-client-metadata';

export interface TokenOptions {
  readonly user?: string;
  /** One of the clients that every server knows. */
  readonly clientId?: string;
  readonly scope?: string;
  /** Seconds. */
  readonly expiresIn?: number;
}

/** Makes an access token, by default of the demo user for sql:read, as the provider would after a consent. */
export async function accessTokenFor(
  app: INestApplication,
  tenant: Tenant,
  { user = DEMO_USER.username, clientId = CLIENT, scope = 'sql:read', expiresIn }: TokenOptions = {},
): Promise<string> {
  const provider = app.get(ProviderFactory).of(tenant);
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error('no client');
  const grant = new provider.Grant({ accountId: user, clientId: client.clientId });
  grant.addResourceScope(tenant.resource, scope);
  const grantId = await grant.save();
  const token = new provider.AccessToken({ accountId: user, client, grantId, expiresIn } as never);
  token.scope = scope;
  (token as unknown as { aud: string }).aud = tenant.resource;
  return token.save();
}
