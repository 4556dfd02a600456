import { createHmac } from 'node:crypto';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

/** The refreshes that repeat an earlier one, with the id of the refresh token that the earlier one issued. */
const repetitions = new WeakMap<KoaContextWithOIDC, string>();

/**
 * Gives the successor of a refresh token an id that follows from the token's own id, so that whoever repeats a refresh
 * gets the same successor, in every process, without a lock and without a stored token. oidc-provider asks
 * `generateTokenId` once per new token, after it set the entity `RotatedRefreshToken` (`actions/grants/refresh_token.js`).
 */
export function deriveSuccessors(provider: Provider, successorsOf: (jti: string) => readonly string[]): void {
  const model = provider.RefreshToken.prototype as unknown as { generateTokenId(): string };
  const random = model.generateTokenId;
  model.generateTokenId = function () {
    const { ctx } = Provider;
    const predecessor = ctx?.oidc.entities.RotatedRefreshToken;
    if (ctx === undefined || predecessor === undefined) return random.call(this);
    return repetitions.get(ctx) ?? successorsOf(predecessor.jti)[0] ?? random.call(this);
  };
}

/** 256 bits, as long as the ids that oidc-provider makes; whoever has a token but not the key learns nothing of it. */
export function successorId(key: Buffer, jti: string): string {
  return createHmac('sha256', key).update(`successor\0${jti}`).digest('base64url');
}

/** The client that the current request refreshes a token for; undefined in every other request. */
export function refreshingClient(): string | undefined {
  const oidc = Provider.ctx?.oidc;
  const isRefresh = oidc?.route === 'token' && oidc.params?.['grant_type'] === 'refresh_token';
  return isRefresh ? oidc.client?.clientId : undefined;
}

/** Marks the current request as one that repeats an earlier refresh. */
export function markRepetition(successor: string): void {
  const { ctx } = Provider;
  if (ctx !== undefined) repetitions.set(ctx, successor);
}

export function isRepetition(ctx: KoaContextWithOIDC): boolean {
  return repetitions.has(ctx);
}
