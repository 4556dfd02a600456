import { type KoaContextWithOIDC, interactionPolicy } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { AccountsService } from '../../identity/accounts.service.js';

const { Check, base } = interactionPolicy;

/** Asks for sign-in whenever the person of the session may have lost access, and for consent every time. */
export function interactionPolicyOf(tenant: Tenant, accounts: AccountsService): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.get('login')?.checks.add(
    new Check(
      'account_changed',
      'End-User authentication is required',
      'login_required',
      async (ctx: KoaContextWithOIDC) => {
        const { session } = ctx.oidc;
        if (session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT;
        const account = await accounts.findIssued(tenant, session.accountId, session.loginTs ?? 0);
        return account === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
      },
    ),
  );
  // `always` asks for every kind of client; the error of the built-in check would come first.
  policy.get('consent')?.checks.remove('native_client_prompt');
  policy.get('consent')?.checks.add(
    // GHSA-6x8h: without a click a page that is open in the person's browser could collect codes.
    new Check('always', 'consent is asked every time', 'consent_required', (ctx: KoaContextWithOIDC) =>
      ctx.oidc.result?.consent === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
    0,
  );
  return policy;
}
