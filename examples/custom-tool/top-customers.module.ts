import { Module } from '@nestjs/common';
import { TopCustomersTool } from './top-customers.tool.js';

/** Any provider with @Tool is found; nothing is registered by hand. */
@Module({ providers: [TopCustomersTool] })
export class TopCustomersModule {}
