import { AppError, type AppErrorOptions, type ErrorCode } from './app-error.js';
import type { SqlScope } from './principal.js';

/** Why a bearer token is asked for (RFC 6750 §3.1). */
export type Challenge =
  | { readonly kind: 'no_token' }
  /** The token is not valid, or not valid any more. */
  | { readonly kind: 'invalid_token' }
  /** The Authorization header can't be read, or the token was sent in two ways. */
  | { readonly kind: 'malformed_authorization'; readonly description: string }
  | { readonly kind: 'insufficient_scope'; readonly scopes: readonly SqlScope[] };

/**
 * Thrown wherever a request lacks a valid token or a scope; the HTTP edge makes `WWW-Authenticate` from `challenge`.
 */
export class ChallengeError extends AppError {
  /** `message` says it in the words of the operation; the header keeps those of the challenge. */
  constructor(
    readonly challenge: Challenge,
    message: string = descriptionOf(challenge),
    options: AppErrorOptions = {},
  ) {
    super(codeOf(challenge), message, options);
  }
}

/** The challenge in words, for `error_description` and for messages. */
export function descriptionOf(challenge: Challenge): string {
  switch (challenge.kind) {
    case 'no_token':
      return 'This needs an access token.';
    case 'invalid_token':
      return 'The access token is unknown, expired, revoked, or meant for another resource.';
    case 'malformed_authorization':
      return challenge.description;
    case 'insufficient_scope':
      return `This needs the scope ${neededScopes(challenge.scopes)}.`;
    default:
      return challenge satisfies never;
  }
}

/** Names every scope the operation needs, so that one more consent is enough; each implies reading. */
export function neededScopes(scopes: readonly SqlScope[]): string {
  return [...new Set<string>(['sql:read', ...scopes])].join(' ');
}

function codeOf(challenge: Challenge): ErrorCode {
  switch (challenge.kind) {
    case 'no_token':
    case 'invalid_token':
      return 'UNAUTHENTICATED';
    case 'malformed_authorization':
      return 'BAD_REQUEST';
    case 'insufficient_scope':
      return 'INSUFFICIENT_SCOPE';
    default:
      return challenge satisfies never;
  }
}
