import { isIP } from 'node:net';
import type { Tenant } from '../../../tenancy/tenant.js';
import { SUPPORTED_REVISIONS } from '../../protocol/revisions.js';
import { type DescribedServer, describedServer } from '../../protocol/server-info.js';

export const CARD_MEDIA_TYPE = 'application/mcp-server-card+json';
const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json';
const MAX_TITLE = 100;

/** The published type `ServerCard` (SEP-2127), as far as this server uses it. */
export interface ServerCard {
  readonly $schema: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly websiteUrl: string;
  readonly icons?: DescribedServer['icons'];
  readonly remotes: readonly {
    readonly type: 'streamable-http';
    readonly url: string;
    readonly supportedProtocolVersions: readonly string[];
  }[];
}

/**
 * The card of a tenant. Anybody may read it without a token, so it says no more than the discovery documents. Of the
 * database it has only the name, in the title, and only where BRAND_NAME is not set.
 */
export function serverCard(tenant: Tenant, url: string): ServerCard {
  const { title, version, icons } = describedServer(tenant);
  return {
    $schema: SCHEMA,
    name: nameOf(tenant),
    version,
    title: title.slice(0, MAX_TITLE),
    description: tenant.config.readOnly
      ? 'Answers questions about a Microsoft SQL Server database. Only reads; people sign in.'
      : 'Answers questions about a Microsoft SQL Server database, and changes it on request; people sign in.',
    websiteUrl: `${tenant.issuer}/docs`,
    ...(icons === undefined ? {} : { icons }),
    remotes: [{ type: 'streamable-http', url, supportedProtocolVersions: SUPPORTED_REVISIONS }],
  };
}

/** `com.example.mcp/demo`: the labels of the host in reverse order, and the tenant. An IP address is not reversed. */
function nameOf(tenant: Tenant): string {
  const host = new URL(tenant.origin).hostname.replace(/^\[|\]$/g, '');
  const namespace = isIP(host) === 0 ? host.split('.').reverse().join('.') : host.replaceAll(':', '-');
  return `${namespace}/${tenant.name}`;
}
