import type { ProbingOrder } from './probing-orders.js';

export interface Found {
  readonly issuer?: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly registration_endpoint?: string;
}

export interface Probe {
  readonly found: Found | undefined;
  /** The addresses that were requested, in order. */
  readonly asked: readonly string[];
}

/** Follows one client's order at a running server. `challenged: false`: something between them drops the challenge. */
export async function probe(order: ProbingOrder, url: string, { challenged }: { challenged: boolean }): Promise<Probe> {
  const asked: string[] = [];
  const json = async (address: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    asked.push(address);
    const response = await fetch(address, { headers: { accept: 'application/json' } });
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  };
  const named = challenged ? await resourceOfChallenge(order, url) : undefined;
  const issuer = (await issuerOf(named === undefined ? addresses(order.resource, url) : [named])) ?? url;
  for (const address of addresses(order.server, issuer)) {
    const found = (await json(address)) as Found | undefined;
    if (found === undefined) continue;
    if (order.checksIssuer && found.issuer !== issuerAt(address)) throw new Error(`another issuer at ${address}`);
    return { found, asked };
  }
  return { found: undefined, asked };

  async function issuerOf(documents: readonly string[]): Promise<string | undefined> {
    for (const address of documents) {
      const document = await json(address);
      if (document === undefined) continue;
      if (order.checksResource && document['resource'] !== url) throw new Error(`another resource at ${address}`);
      const [first] = (document['authorization_servers'] ?? []) as readonly string[];
      if (first !== undefined) return first;
    }
    return undefined;
  }
}

async function resourceOfChallenge(order: ProbingOrder, url: string): Promise<string | undefined> {
  const init = { method: order.challenge, headers: { accept: 'application/json, text/event-stream' } };
  const response = await fetch(url, init);
  await response.body?.cancel();
  if (response.status !== 401) return undefined;
  return /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1];
}

function addresses(templates: readonly string[], base: string): readonly string[] {
  const { origin, pathname } = new URL(base);
  const path = pathname.replace(/\/$/, '');
  return [...new Set(templates.map(template => origin + template.replace('{path}', path)))];
}

/** The issuer whose metadata an address holds (RFC 8414 §3.1, OpenID Connect Discovery §4). */
function issuerAt(address: string): string {
  return address.replace(/\/\.well-known\/[^/]+/, '');
}
