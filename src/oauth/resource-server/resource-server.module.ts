import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AccessWatch } from './access-watch.js';
import { AccessTokenGuard } from './guards/access-token.guard.js';
import { TokenCheck } from './token-check.js';
import { TokenService } from './token.service.js';

/** The check of access tokens. It works without the authorization server. */
@Module({
  imports: [IdentityModule, TokensModule],
  providers: [AccessTokenGuard, AccessWatch, TokenCheck, TokenService],
  exports: [AccessTokenGuard, AccessWatch, TokenService],
})
export class ResourceServerModule {}
