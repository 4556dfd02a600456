import { errors } from 'oidc-provider';

/** The provider takes an answer's status from the error, and allows no other status in its constructors. */
export function tooManyRequests(retryAfterSeconds: number): Error {
  const error = new errors.TemporarilyUnavailable(`too many requests, try again in ${retryAfterSeconds} s`);
  return Object.assign(error, { status: 429, statusCode: 429, retryAfter: retryAfterSeconds });
}

export function bodyTooLarge(): Error {
  return Object.assign(new errors.InvalidRequest('request entity too large'), { status: 413, statusCode: 413 });
}

export function storeUnavailable(): Error {
  const error = new errors.TemporarilyUnavailable('the authorization server is not available at this moment');
  // A redirect would tell the client, which can't do anything about it, instead of the person.
  return Object.assign(error, { status: 503, statusCode: 503, allow_redirect: false });
}

const SINGLE_USE_LABELS: Readonly<Record<string, string>> = {
  AuthorizationCode: 'authorization code',
  RefreshToken: 'refresh token',
};

/** A code or a refresh token that came a second time; `accountId` is for the audit trail. */
export function alreadyUsed(model: string, accountId: string | undefined): Error {
  return Object.assign(new errors.InvalidGrant(`${SINGLE_USE_LABELS[model] ?? model} already used`), { accountId });
}

/** The provider notices most replays itself and has no error class for them, only these words (`actions/grants/`). */
export function isReplay(error: errors.OIDCProviderError): boolean {
  return /already (?:used|consumed)/.test(error.error_detail ?? '');
}

/** Whose code or token it was, if the error is one of `alreadyUsed`. */
export function accountOf(error: Error): string | undefined {
  return (error as { accountId?: string }).accountId;
}

/** A client whose id is the address of a document that this server can't use; the person gets a page that says why. */
export function unusableDocument(reason: string): Error {
  return Object.assign(new errors.InvalidClient(`the client's metadata document can not be used: ${reason}`), {
    allow_redirect: false,
  });
}

export function invalidMetadata(description: string): Error {
  return new errors.InvalidClientMetadata(description);
}

/** The provider's error takes its code, invalid_redirect_uri, from the description's first word. */
export function invalidRedirects(fault: string, uri?: unknown): Error {
  return Object.assign(new errors.InvalidClientMetadata(`redirect_uris ${fault}`), { refusedRedirect: uri });
}

/** The URI that an error of `invalidRedirects` is about. */
export function refusedRedirectOf(error: Error): unknown {
  return (error as { refusedRedirect?: unknown }).refusedRedirect;
}
