import { Module } from '@nestjs/common';
import { AccountController } from './account.controller.js';
import { AccountPages } from './account-pages.service.js';
import { AccountParts } from './account-parts.js';
import { AccountsService } from './accounts.service.js';
import { BrowserSessions } from './browser-sessions.service.js';
import { DocumentFetcher } from './clients/document-fetcher.js';
import { ConsentService } from './consent.service.js';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryService } from './discovery.service.js';
import { DocsController } from './docs.controller.js';
import { GrantUse } from './grant-use.service.js';
import { GrantsService } from './grants.service.js';
import { AccessTokenGuard } from './guards/access-token.guard.js';
import { InteractionController } from './interaction.controller.js';
import { InteractionParts } from './interaction-parts.js';
import { InteractionService } from './interaction.service.js';
import { OAuthEvents } from './oauth-events.js';
import { ProviderCollaborators } from './provider-collaborators.js';
import { ProviderFactory } from './provider.factory.js';
import { RateLimits } from './rate-limits.service.js';
import { Revocations } from './revocations.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { SignInService } from './sign-in.service.js';
import { TokenService } from './token.service.js';
import { UpstreamController } from './upstream/upstream.controller.js';
import { UpstreamSignIn } from './upstream/upstream-sign-in.service.js';
import { UpstreamService } from './upstream/upstream.service.js';
import { UsersService } from './users.service.js';

/** Who may come in: the authorization server of every tenant, its pages, and the check of access tokens. */
@Module({
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
    GrantUse,
    InteractionParts,
    InteractionService,
    OAuthEvents,
    ProviderCollaborators,
    ProviderFactory,
    RateLimits,
    Revocations,
    SignInAttempts,
    SignInService,
    TokenService,
    UsersService,
    AccessTokenGuard,
  ],
  exports: [AccessTokenGuard, TokenService, UsersService],
})
export class OAuthModule {}
