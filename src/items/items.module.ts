import { Module } from '@nestjs/common';
import { InvocationModule } from '../invocation/invocation.module.js';
import { AuthorizationServerModule } from '../oauth/authorization-server/authorization-server.module.js';
import { ItemController } from './item.controller.js';
import { ItemPages } from './item-pages.js';

/** The pages that the addresses of `search` and `fetch` open. */
@Module({
  imports: [AuthorizationServerModule, InvocationModule],
  controllers: [ItemController],
  providers: [ItemPages],
})
export class ItemsModule {}
