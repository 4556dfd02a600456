import { Module } from '@nestjs/common';
import { StateModule } from '../../state/state.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { GrantActivity } from './grant-activity.js';
import { IssuedTokens } from './issued-tokens.js';
import { ModelStorageFactory } from './model-storage.factory.js';
import { Revocations } from './revocations.js';
import { TokenLookup } from './token-lookup.js';

/** Stored tokens and grants: the authorization server writes them, the resource server reads them. */
@Module({
  imports: [IdentityModule, StateModule],
  providers: [GrantActivity, IssuedTokens, ModelStorageFactory, Revocations, TokenLookup],
  exports: [GrantActivity, IssuedTokens, ModelStorageFactory, Revocations, TokenLookup],
})
export class TokensModule {}
