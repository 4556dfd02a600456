import { isIP } from 'node:net';
import type { DocumentSources } from '../../../config/namespaces/oauth.config.js';
import { matchesHost } from './redirect-policy.js';

const MAX_URL_LENGTH = 500;
/** Names that never lead to a public host (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/** Why a document, or a key set, is not fetched from this URL; undefined: it may be. */
export function sourceFault(id: string, sources: DocumentSources): string | undefined {
  const url = URL.parse(id);
  if (url === null || url.href !== id || url.protocol !== 'https:' || id.length > MAX_URL_LENGTH)
    return 'its address is not an https URL in canonical form of at most 500 characters';
  if (url.port !== '' || url.username !== '' || url.password !== '' || url.pathname === '/' || /[?#]/.test(id))
    return 'its address must have a path, and neither port, user, query nor fragment';
  if (sources === 'pinned') return 'this server fetches no documents (CLIENT_DOCUMENTS=pinned)';
  if (sources === 'any') return isPublicName(url.hostname) ? undefined : 'its host is not a public host name';
  if (sources.some(pattern => matchesHost(url.hostname, pattern))) return undefined;
  return `its host is not allowed; an administrator can add ${url.hostname} to CLIENT_DOCUMENTS`;
}

/** The provider also closes connections to special-use addresses, whatever name led there. */
function isPublicName(host: string): boolean {
  return (
    host.includes('.') && !host.endsWith('.') && isIP(host) === 0 && !host.startsWith('[') && !PRIVATE_NAME.test(host)
  );
}
