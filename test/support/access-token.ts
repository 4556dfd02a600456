import type { INestApplication } from '@nestjs/common';
import { ProviderFactory } from '../../src/oauth/authorization-server/provider/provider.factory.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { DEMO_USER } from './oauth-server.js';

/** Makes an access token of the demo user for sql:read, as the provider would after a consent. */
export async function accessTokenFor(app: INestApplication, tenant: Tenant): Promise<string> {
  const provider = app.get(ProviderFactory).of(tenant);
  const client = await provider.Client.find('https://claude.ai/oauth/mcp-oauth-client-metadata');
  if (client === undefined) throw new Error('no client');
  const grant = new provider.Grant({ accountId: DEMO_USER.username, clientId: client.clientId });
  grant.addResourceScope(tenant.resource, 'sql:read');
  const grantId = await grant.save();
  const token = new provider.AccessToken({ accountId: DEMO_USER.username, client, grantId } as never);
  token.scope = 'sql:read';
  (token as unknown as { aud: string }).aud = tenant.resource;
  return token.save();
}
