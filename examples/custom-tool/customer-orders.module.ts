import { Module } from '@nestjs/common';
import { DatabaseModule, EntitiesModule } from '@mssql-mcp/server';
import { Customer, Order } from './customer-orders.entities.js';
import { CustomerOrdersTool } from './customer-orders.tool.js';

/** TenantEntities comes from DatabaseModule, and EntitiesModule tells it which entities there are. */
@Module({
  imports: [DatabaseModule, EntitiesModule.register([Customer, Order])],
  providers: [CustomerOrdersTool],
})
export class CustomerOrdersModule {}
