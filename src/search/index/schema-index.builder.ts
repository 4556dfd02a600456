import { Injectable } from '@nestjs/common';
import type { Requester } from '../../database/connection/catalog-runner.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { SchemaReader } from '../catalog/schema.reader.js';
import { DefinitionsPort, type SearchDefinitions } from '../definitions.port.js';
import { QueryStoreReader } from '../joins/query-store.reader.js';
import { type Pause, slices } from '../ranking/pause.js';
import { ValueCollector } from '../values/value-collector.js';
import { type Background, buildSchemaIndex, NOT_READ_YET, type SchemaIndex, withValues } from './schema-index.js';

/** Makes the index of a database: first from the catalogue alone, then with what is read in the background. */
@Injectable()
export class SchemaIndexBuilder {
  /** What was read in the background, by the index that has it. */
  private readonly backgrounds = new WeakMap<SchemaIndex, Background>();

  constructor(
    private readonly reader: SchemaReader,
    private readonly definitions: DefinitionsPort,
    private readonly queryStore: QueryStoreReader,
    private readonly values: ValueCollector,
  ) {}

  stamp(tenant: Tenant, requester: Requester): Promise<string> {
    return this.reader.stamp(tenant, requester);
  }

  definitionsVersion(tenant: Tenant, { database }: Requester): string {
    return this.definitions.definitionsOf(tenant, database).version;
  }

  /** The stamp is read first, so that a change meanwhile is noticed later. */
  async build(tenant: Tenant, requester: Requester): Promise<{ readonly index: SchemaIndex; readonly stamp: string }> {
    const stamp = await this.reader.stamp(tenant, requester);
    const model = await this.reader.read(tenant, requester);
    const definitions = this.definitions.definitionsOf(tenant, requester.database);
    return { stamp, index: await buildSchemaIndex(model, definitions, NOT_READ_YET, slices(requester.signal)) };
  }

  async withBackground(
    tenant: Tenant,
    index: SchemaIndex,
    requester: Requester & { readonly signal: AbortSignal },
  ): Promise<SchemaIndex> {
    const { model, links } = index;
    const pause = slices(requester.signal);
    const background: Background = {
      used: await this.queryStore.read(tenant, requester, pause),
      values: await this.values.collect(tenant, model, links, requester),
    };
    return this.make(index, this.definitions.definitionsOf(tenant, requester.database), background, pause);
  }

  /** The same index with the definitions of now. */
  withDefinitions(tenant: Tenant, index: SchemaIndex, { database }: Requester): Promise<SchemaIndex> {
    const definitions = this.definitions.definitionsOf(tenant, database);
    return this.make(index, definitions, this.backgrounds.get(index) ?? NOT_READ_YET, slices());
  }

  private async make(
    before: SchemaIndex,
    definitions: SearchDefinitions,
    background: Background,
    pause: Pause,
  ): Promise<SchemaIndex> {
    const isSame = background.used.length === 0 && definitions.version === before.definitions.version;
    const index = isSame
      ? withValues(before, background.values)
      : await buildSchemaIndex(before.model, definitions, background, pause);
    this.backgrounds.set(index, background);
    return index;
  }
}
