import { Module } from '@nestjs/common';
import { DatabaseModule } from '@mssql-mcp/server';
import { TopCustomersTool } from './top-customers.tool.js';

/** The server finds every provider with @Tool; nothing is registered by hand. */
@Module({ imports: [DatabaseModule], providers: [TopCustomersTool] })
export class TopCustomersModule {}
