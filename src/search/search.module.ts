import { Module } from '@nestjs/common';
import { DefinitionsPort } from './definitions.port.js';

@Module({ providers: [DefinitionsPort], exports: [DefinitionsPort] })
export class SearchModule {}
