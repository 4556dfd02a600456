import { Module } from '@nestjs/common';
import { StateModule } from '../../state/state.module.js';
import { GrantActivity } from './grant-activity.js';
import { ModelStorageFactory } from './model-storage.factory.js';
import { Revocations } from './revocations.js';
import { TokenLookup } from './token-lookup.js';

/** Stored tokens and grants: the authorization server writes them, the resource server reads them. */
@Module({
  imports: [StateModule],
  providers: [GrantActivity, ModelStorageFactory, Revocations, TokenLookup],
  exports: [GrantActivity, ModelStorageFactory, Revocations, TokenLookup],
})
export class TokensModule {}
