import { Module } from '@nestjs/common';
import { AccountController } from './authorization-server/grants/account.controller.js';
import { AccountPages } from './authorization-server/grants/account-pages.js';
import { AccountParts } from './authorization-server/grants/account-parts.js';
import { AccountsService } from './identity/accounts.service.js';
import { BrowserSessions } from './authorization-server/grants/browser-sessions.js';
import { DocumentFetcher } from './authorization-server/clients/document-fetcher.js';
import { ConsentService } from './authorization-server/consent/consent.service.js';
import { DiscoveryController } from './authorization-server/discovery.controller.js';
import { DiscoveryService } from './authorization-server/discovery.service.js';
import { DocsController } from './authorization-server/pages/docs.controller.js';
import { GrantActivity } from './tokens/grant-activity.js';
import { GrantsService } from './authorization-server/grants/grants.service.js';
import { AccessTokenGuard } from './resource-server/guards/access-token.guard.js';
import { InteractionController } from './authorization-server/consent/interaction.controller.js';
import { InteractionParts } from './authorization-server/consent/interaction-parts.js';
import { InteractionService } from './authorization-server/consent/interaction.service.js';
import { OAuthEvents } from './authorization-server/oauth-events.js';
import { PasswordSignIn } from './authorization-server/sign-in/password-sign-in.js';
import { ProviderCollaborators } from './authorization-server/provider/provider-collaborators.js';
import { ProviderFactory } from './authorization-server/provider/provider.factory.js';
import { RateLimits } from './authorization-server/provider/rate-limits.js';
import { ModelStorageFactory } from './tokens/model-storage.factory.js';
import { TokenLookup } from './tokens/token-lookup.js';
import { Revocations } from './tokens/revocations.js';
import { SignInAttempts } from './identity/sign-in-attempts.js';
import { SignInService } from './identity/sign-in.service.js';
import { TokenService } from './resource-server/token.service.js';
import { UpstreamController } from './authorization-server/upstream/upstream.controller.js';
import { UpstreamSignIn } from './authorization-server/upstream/upstream-sign-in.js';
import { UpstreamService } from './authorization-server/upstream/upstream.service.js';
import { UsersService } from './identity/users.service.js';
import { AuditModule } from '../audit/audit.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';

/** Who may come in: the authorization server of every tenant, its pages, and the check of access tokens. */
@Module({
  imports: [AuditModule, MetricsModule, StateModule, TenancyModule],
  controllers: [DiscoveryController, InteractionController, UpstreamController, AccountController, DocsController],
  providers: [
    AccountPages,
    AccountParts,
    AccountsService,
    BrowserSessions,
    GrantsService,
    UpstreamService,
    UpstreamSignIn,
    ConsentService,
    DiscoveryService,
    DocumentFetcher,
    GrantActivity,
    InteractionParts,
    InteractionService,
    OAuthEvents,
    PasswordSignIn,
    ProviderCollaborators,
    ProviderFactory,
    RateLimits,
    ModelStorageFactory,
    Revocations,
    SignInAttempts,
    SignInService,
    TokenLookup,
    TokenService,
    UsersService,
    AccessTokenGuard,
  ],
  exports: [AccessTokenGuard, TokenService, UsersService],
})
export class OAuthModule {}
