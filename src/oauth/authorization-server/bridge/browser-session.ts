import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { SESSION_ABSOLUTE_S, SESSION_IDLE_S } from '../../tokens/lifetimes.js';

export type ProviderSession = Awaited<ReturnType<Provider['Session']['get']>>;

/** One authorization on its way from `/authorize` to the client, bound to one browser. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The session that the browser's cookie names; a new and empty one without a valid cookie. */
export async function sessionOf(provider: Provider, req: Request, res: Response): Promise<ProviderSession> {
  return provider.Session.get(provider.createContext(req, res));
}

/** Starts a session outside of an authorization, which oidc-provider has no method for. */
export async function startSession(
  provider: Provider,
  req: Request,
  res: Response,
  login: { readonly accountId: string; readonly secure: boolean },
): Promise<void> {
  const session = new provider.Session();
  session.loginAccount({ accountId: login.accountId, loginTs: Math.floor(Date.now() / 1000) });
  await session.save(Math.min(SESSION_IDLE_S, SESSION_ABSOLUTE_S));
  setCookie(provider, req, res, { value: session.jti, secure: login.secure });
}

export async function endSession(provider: Provider, req: Request, res: Response, secure: boolean): Promise<void> {
  await (await sessionOf(provider, req, res)).destroy();
  setCookie(provider, req, res, { value: null, secure });
}

/**
 * Ends the browser's session in the midst of an authorization. The interaction must forget it too: for another person
 * than that of its session the provider would sign out by a page with a script.
 */
export async function forgetSession(
  provider: Provider,
  req: Request,
  res: Response,
  interaction: Interaction,
): Promise<void> {
  await (await sessionOf(provider, req, res)).destroy();
  delete (interaction as { session?: unknown }).session;
  await interaction.persist();
}

/** As the provider's own `cookies.long` (provider.configuration.ts). */
function setCookie(
  provider: Provider,
  req: Request,
  res: Response,
  { value, secure }: { readonly value: string | null; readonly secure: boolean },
): void {
  const options = { httpOnly: true, sameSite: 'lax', signed: true, secure, overwrite: true, path: '/' } as const;
  provider.createContext(req, res).cookies.set(provider.cookieName('session'), value, options);
}
