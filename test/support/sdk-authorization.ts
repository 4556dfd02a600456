import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import { BrowserPerson } from './browser-person.js';
import { REDIRECT_URI, authorizeAs } from './oauth-login.js';

type Information = Awaited<ReturnType<OAuthClientProvider['clientInformation']>>;
type Discovery = Parameters<NonNullable<OAuthClientProvider['saveDiscoveryState']>>[0];
type Tokens = Awaited<ReturnType<OAuthClientProvider['tokens']>>;

/**
 * The part of OAuth that a host implements for the official clients: storage, and a person with a browser. The SDK does
 * everything else (discovery, registration, PKCE, tokens, refresh, step-up). Both SDK generations can use it.
 */
export class SdkAuthorization implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URI;
  readonly clientMetadata = {
    client_name: 'Official client',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  information: Information;
  current: Tokens;
  /** The addresses to which the SDK sent the browser. */
  readonly visited: URL[] = [];
  callback: URL | undefined;
  /** What the person picks on the consent page; undefined: what is selected there. */
  grant: 'sql:read' | 'sql:write' | undefined;
  private verifier = '';
  private discovery: Discovery | undefined;

  constructor(
    private readonly origin: string,
    private readonly user: { username: string; password: string },
  ) {}

  clientInformation(): Information {
    return this.information;
  }

  saveClientInformation(information: NonNullable<Information>): void {
    this.information = information;
  }

  tokens(): Tokens {
    return this.current;
  }

  saveTokens(tokens: NonNullable<Tokens>): void {
    this.current = tokens;
  }

  discoveryState(): Discovery | undefined {
    return this.discovery;
  }

  saveDiscoveryState(state: Discovery): void {
    this.discovery = state;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier;
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.visited.push(url);
    const end = await authorizeAs(new BrowserPerson(this.origin), url.href, { ...this.user, grant: this.grant });
    this.callback = new URL(end.url);
  }

  /** Replaces the access token with one that the server does not know, as if it had expired. */
  forgetAccessToken(): void {
    if (this.current !== undefined) this.current = { ...this.current, access_token: 'A'.repeat(43) };
  }
}
