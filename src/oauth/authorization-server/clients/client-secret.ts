import { createHash } from 'node:crypto';

const PREFIX = 'sha256:';

/** Client secrets are random and long: a plain hash is enough, and costs nothing at each request. */
export function hashSecret(secret: string): string {
  return PREFIX + createHash('sha256').update(secret).digest('base64url');
}

export function isHashedSecret(secret: string): boolean {
  return secret.startsWith(PREFIX);
}
