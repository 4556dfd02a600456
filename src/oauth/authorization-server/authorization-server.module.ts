import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { StateModule } from '../../state/state.module.js';
import { TenancyModule } from '../../tenancy/tenancy.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { DocumentFetcher } from './clients/document-fetcher.js';
import { ConsentService } from './consent/consent.service.js';
import { InteractionController } from './consent/interaction.controller.js';
import { InteractionParts } from './consent/interaction-parts.js';
import { InteractionService } from './consent/interaction.service.js';
import { DiscoveryController } from './discovery.controller.js';
import { DiscoveryService } from './discovery.service.js';
import { AccountController } from './grants/account.controller.js';
import { AccountPages } from './grants/account-pages.js';
import { AccountParts } from './grants/account-parts.js';
import { BrowserSessions } from './grants/browser-sessions.js';
import { GrantsService } from './grants/grants.service.js';
import { OAuthEvents } from './oauth-events.js';
import { DocsController } from './pages/docs.controller.js';
import { ProviderCollaborators } from './provider/provider-collaborators.js';
import { ProviderFactory } from './provider/provider.factory.js';
import { RateLimits } from './provider/rate-limits.js';
import { PasswordSignIn } from './sign-in/password-sign-in.js';
import { UpstreamController } from './upstream/upstream.controller.js';
import { UpstreamService } from './upstream/upstream.service.js';
import { UpstreamSignIn } from './upstream/upstream-sign-in.js';

/** The authorization server of every tenant, and its pages. */
@Module({
  imports: [AuditModule, IdentityModule, MetricsModule, StateModule, TenancyModule, TokensModule],
  controllers: [DiscoveryController, InteractionController, UpstreamController, AccountController, DocsController],
  providers: [
    AccountPages,
    AccountParts,
    BrowserSessions,
    ConsentService,
    DiscoveryService,
    DocumentFetcher,
    GrantsService,
    InteractionParts,
    InteractionService,
    OAuthEvents,
    PasswordSignIn,
    ProviderCollaborators,
    ProviderFactory,
    RateLimits,
    UpstreamService,
    UpstreamSignIn,
  ],
})
export class AuthorizationServerModule {}
