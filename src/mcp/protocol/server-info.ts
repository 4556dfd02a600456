import { SERVER_NAME, VERSION } from '../../common/version.js';
import type { Tenant } from '../../tenancy/tenant.js';

/** The published type `Implementation`, as far as this server uses it. */
export interface ServerInfo {
  readonly name: string;
  /** Tells a person's servers apart: the organisation or the database, and the tenant. */
  readonly title: string;
  readonly version: string;
}

export interface DescribedServer extends ServerInfo {
  readonly icons: readonly { readonly src: string; readonly mimeType: string; readonly sizes?: readonly string[] }[];
}

const known = new WeakMap<Tenant, ServerInfo>();

/** Sent with every result of 2026-07-28, and therefore without what only the first result needs. */
export function serverInfo(tenant: Tenant): ServerInfo {
  let info = known.get(tenant);
  if (info === undefined) {
    const title = `${tenant.brand.name ?? tenant.config.database.database} (${tenant.name})`;
    known.set(tenant, (info = { name: SERVER_NAME, title, version: VERSION }));
  }
  return info;
}

/** Sent by `initialize` and `server/discover`. The icon is the organisation's logo, or our own. */
export function describedServer(tenant: Tenant): DescribedServer {
  const { logo } = tenant.brand;
  const icon =
    logo === undefined
      ? { src: `${tenant.issuer}/favicon.svg`, mimeType: 'image/svg+xml', sizes: ['any'] }
      : { src: `${tenant.issuer}/${logo.file}?v=${logo.version}`, mimeType: logo.mimeType };
  return { ...serverInfo(tenant), icons: [icon] };
}

/** Lists don't change while the server runs, so `listChanged` is not declared. */
export const CAPABILITIES = {
  completions: {},
  logging: {},
  prompts: {},
  resources: { subscribe: true },
  tools: {},
};
