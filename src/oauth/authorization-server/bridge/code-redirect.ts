import type Provider from 'oidc-provider';

/**
 * The redirect URI that a code was issued for, if the code is bound to a PKCE challenge. OAuth 2.1 §10.2 leaves
 * `redirect_uri` out of the token request because PKCE protects the code; oidc-provider requires it
 * (`actions/grants/authorization_code.js`). Looking the code up changes nothing: the provider still checks and consumes it.
 */
export async function redirectUriOfCode(provider: Provider, code: string): Promise<string | undefined> {
  const found = await provider.AuthorizationCode.find(code);
  return found?.codeChallenge === undefined ? undefined : found.redirectUri;
}
