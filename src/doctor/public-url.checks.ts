import { lookup } from 'node:dns/promises';
import { connect } from 'node:tls';
import { CERTIFICATE_HEADER } from '../http/client-certificate.js';
import type { Tenant } from '../tenancy/tenant.js';
import { fault, type Finding, ok, warning } from './finding.js';

const TIMEOUT_MS = 10_000;
const CERTIFICATE_WARNING_DAYS = 14;
const SKEW_WARNING_S = 30;

/** Checks the name, certificate, clock, discovery documents and challenge that a client sees. The server must be running. */
export async function checkPublicUrl(publicUrl: string, tenants: readonly Tenant[]): Promise<readonly Finding[]> {
  const url = new URL(publicUrl);
  const name = await checkName(url);
  if (name.level === 'fault') return [name];
  const reachable = await checkReachable(publicUrl);
  if (reachable.some(finding => finding.level === 'fault')) return [name, ...reachable];
  const certificate = url.protocol === 'https:' ? [await checkCertificate(url)] : [];
  const discovery = await Promise.all(tenants.map(checkDiscovery));
  return [name, ...reachable, ...certificate, ...discovery.flat()];
}

async function checkName({ hostname }: URL): Promise<Finding> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return lookup(host, { all: true }).then(
    addresses => ok('DNS', `${host} is ${addresses.map(({ address }) => address).join(', ')}`),
    () => fault('DNS', `${host} is not known`, 'Create an A or AAAA record for the host in PUBLIC_URL.'),
  );
}

async function checkReachable(publicUrl: string): Promise<readonly Finding[]> {
  const subject = 'from outside';
  const before = Date.now();
  const reply = await get(`${publicUrl}/health/live`);
  if (reply === undefined) {
    return [
      fault(
        subject,
        `${publicUrl} does not answer`,
        'Is the server running, nginx in front of it, and port 443 open? A private certificate needs NODE_EXTRA_CA_CERTS here.',
      ),
    ];
  }
  if (reply.status !== 200)
    return [
      fault(subject, `${publicUrl}/health/live answers ${reply.status}`, 'Let the proxy pass /health to the server.'),
    ];
  const date = Date.parse(reply.headers.get('date') ?? '');
  const seconds = Math.round((date - before) / 1000);
  if (Math.abs(seconds) <= SKEW_WARNING_S) return [ok(subject, 'it answers, and its clock agrees')];
  return [
    warning(
      subject,
      `its clock differs by ${seconds} s from this machine's`,
      'Synchronise both with NTP: tokens and certificates contain times.',
    ),
  ];
}

async function checkCertificate(url: URL): Promise<Finding> {
  const subject = 'certificate';
  const validTo = await new Promise<string | undefined>(resolve => {
    const socket = connect(
      { host: url.hostname, port: Number(url.port || 443), servername: url.hostname, timeout: TIMEOUT_MS },
      () => {
        resolve(socket.getPeerCertificate().valid_to);
        socket.destroy();
      },
    );
    socket.on('error', () => resolve(undefined));
    socket.on('timeout', () => socket.destroy(new Error('timeout')));
  });
  if (validTo === undefined)
    return fault(
      subject,
      'the TLS handshake fails',
      'Look at nginx: certificate files, and that the name in PUBLIC_URL is in the certificate.',
    );
  const days = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
  return days > CERTIFICATE_WARNING_DAYS
    ? ok(subject, `valid for ${days} more days`)
    : warning(
        subject,
        `it expires in ${days} days`,
        'Renewal does not work: see docs/operations.md, "certificate expiry".',
      );
}

/** Checks the documents that a client reads before it signs in, and the values that it compares. */
async function checkDiscovery(tenant: Tenant): Promise<readonly Finding[]> {
  const subject = `${tenant.name}: discovery`;
  const { origin } = new URL(tenant.issuer);
  const resource = await getJson(`${origin}/.well-known/oauth-protected-resource${tenant.path}/sse`);
  const server = await getJson(`${origin}/.well-known/oauth-authorization-server${tenant.path}`);
  const documents = [
    ['protected-resource', resource?.['resource'], tenant.resource],
    ['authorization-server', server?.['issuer'], tenant.issuer],
  ] as const;
  for (const [name, found, expected] of documents) {
    if (found === undefined)
      return [
        fault(
          subject,
          `the ${name} document is missing`,
          'Let the proxy pass /.well-known/ to the server (nginx/templates/default.conf.template has the locations).',
        ),
      ];
    if (found !== expected)
      return [
        fault(
          subject,
          `the ${name} document names ${String(found)}, not ${expected}`,
          'Clients compare byte for byte: start the server with PUBLIC_URL (and ENVIRONMENT_PATH) as clients write it.',
        ),
      ];
  }
  if (tenant.config.clientCertificate === 'required') return [await checkCertificateRule(tenant)];
  const challenge = await callWithoutToken(tenant);
  if (challenge?.status !== 401 || !challenge.headers.get('www-authenticate')?.includes('resource_metadata=')) {
    return [
      fault(
        subject,
        `a call without a token is answered ${challenge?.status ?? 'not at all'}, not 401 with WWW-Authenticate`,
        'Let the proxy pass 401 and its headers through; no sign-in of its own in front.',
      ),
    ];
  }
  return [ok(subject, `clients find the way in at ${tenant.resource}`)];
}

/** Tries a forged certificate header: a proxy that passes it on would let any client claim a certificate. */
async function checkCertificateRule(tenant: Tenant): Promise<Finding> {
  const subject = `${tenant.name}: client certificates`;
  const reply = await callWithoutToken(tenant, { [CERTIFICATE_HEADER]: '0'.repeat(40) });
  if (reply?.status === 403)
    return ok(subject, `${tenant.resource} refuses a client without a certificate, also with a forged header`);
  return fault(
    subject,
    `a client without a certificate that forges the header gets ${reply?.status ?? 'no answer'} instead of 403`,
    'Let the proxy overwrite X-Client-Certificate-Fingerprint in every location, as nginx/snippets/proxy.conf does.',
  );
}

function callWithoutToken(tenant: Tenant, headers: Record<string, string> = {}): Promise<Response | undefined> {
  return get(tenant.resource, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
}

async function get(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  return fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS), ...init }).catch(() => undefined);
}

async function getJson(url: string): Promise<Record<string, unknown> | undefined> {
  const reply = await get(url);
  return reply?.status === 200
    ? ((await reply.json().catch(() => undefined)) as Record<string, unknown> | undefined)
    : undefined;
}
