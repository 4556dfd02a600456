import { Module } from '@nestjs/common';
import { DatabaseModule } from '../../src/public-api.js';
import { TopCustomersTool } from './top-customers.tool.js';

/** Any provider with @Tool is found; nothing is registered by hand. */
@Module({ imports: [DatabaseModule], providers: [TopCustomersTool] })
export class TopCustomersModule {}
