import { Module } from '@nestjs/common';
import { AuthorizationServerModule } from './authorization-server/authorization-server.module.js';
import { ResourceServerModule } from './resource-server/resource-server.module.js';

/** Both servers of OAuth. */
@Module({ imports: [AuthorizationServerModule, ResourceServerModule], exports: [ResourceServerModule] })
export class OAuthModule {}
