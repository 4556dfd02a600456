import { Module } from '@nestjs/common';
import { ExportModule } from '../../export/export.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { StateModule } from '../../state/state.module.js';
import { TenancyModule } from '../../tenancy/tenancy.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { DocumentFetcher } from './clients/document-fetcher.js';
import { StaticClients } from './clients/static-clients.js';
import { ConsentService } from './consent/consent.service.js';
import { InteractionController } from './consent/interaction.controller.js';
import { InteractionPages } from './consent/interaction-pages.js';
import { InteractionService } from './consent/interaction.service.js';
import { Interactions } from './consent/interactions.js';
import { DiscoveryController } from './discovery.controller.js';
import { WellKnownDocuments } from './well-known-documents.js';
import { AccountController } from './grants/account.controller.js';
import { AccountPages } from './grants/account-pages.js';
import { BrowserSessions } from './grants/browser-sessions.js';
import { GrantTargets } from './grants/grant-targets.js';
import { GrantsService } from './grants/grants.service.js';
import { OAuthEvents } from './oauth-events.js';
import { Forms } from './pages/forms.js';
import { DocsController } from './pages/docs.controller.js';
import { PageFilesController } from './pages/page-files.controller.js';
import { WelcomeController } from './pages/welcome.controller.js';
import { ProviderConfiguration } from './provider/provider.configuration.js';
import { ProviderFactory } from './provider/provider.factory.js';
import { RateLimits } from './provider/rate-limits.js';
import { Refusals } from './refusals.js';
import { AccountSignIn } from './sign-in/account-sign-in.js';
import { PasswordSignIn } from './sign-in/password-sign-in.js';
import { UpstreamController } from './upstream/upstream.controller.js';
import { UpstreamService } from './upstream/upstream.service.js';
import { UpstreamSignIn } from './upstream/upstream-sign-in.js';

/** The authorization server of every tenant, and its pages. */
@Module({
  imports: [AuditModule, ExportModule, IdentityModule, MetricsModule, StateModule, TenancyModule, TokensModule],
  controllers: [
    DiscoveryController,
    InteractionController,
    UpstreamController,
    AccountController,
    DocsController,
    PageFilesController,
    WelcomeController,
  ],
  providers: [
    AccountPages,
    AccountSignIn,
    BrowserSessions,
    ConsentService,
    WellKnownDocuments,
    DocumentFetcher,
    Forms,
    GrantTargets,
    GrantsService,
    InteractionPages,
    Interactions,
    InteractionService,
    OAuthEvents,
    PasswordSignIn,
    ProviderConfiguration,
    ProviderFactory,
    RateLimits,
    Refusals,
    StaticClients,
    UpstreamService,
    UpstreamSignIn,
  ],
  exports: [AccountSignIn, BrowserSessions, Forms],
})
export class AuthorizationServerModule {}
