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
  readonly icons?: readonly { readonly src: string; readonly mimeType: string; readonly sizes?: readonly string[] }[];
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

/** Sent by `initialize` and `server/discover`. The icon is the organisation's logo, or our own, if the server has a URL. */
export function describedServer(tenant: Tenant): DescribedServer {
  const { logo } = tenant.brand;
  if (tenant.origin === '') return serverInfo(tenant);
  const icon =
    logo === undefined
      ? { src: `${tenant.issuer}/favicon.svg`, mimeType: 'image/svg+xml', sizes: ['any'] }
      : { src: `${tenant.issuer}/${logo.file}?v=${logo.version}`, mimeType: logo.mimeType };
  return { ...serverInfo(tenant), icons: [icon] };
}

/**
 * Only a changed knowledge file, and procedures that the database publishes, change lists while the server runs, so other
 * tenants don't declare `listChanged`.
 */
export function capabilitiesOf(tenant: Tenant): object {
  const lists = hasChangingLists(tenant) ? { listChanged: true } : {};
  return { completions: {}, logging: {}, prompts: lists, resources: { subscribe: true }, tools: lists };
}

/** Whether the tools and prompts of the tenant may change. */
export function hasChangingLists({ config }: Tenant): boolean {
  return config.knowledge !== undefined || config.publishedProcedures;
}
