import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type EntityManager, EntitySchema, getMetadataArgsStorage } from 'typeorm';
import { AppError } from '../../common/app-error.js';
import { failStart } from '../../common/discovered.js';
import type { CallContext } from '../call-context.js';
import { CallQueryRunner } from './call-query-runner.js';
import { CallScope } from './call-scope.js';
import { type EntityClass, EntityClasses } from './entity-classes.js';
import { EntityDataSource } from './entity-data-source.js';
import { EntityStatements } from './entity-statements.js';

/** Gives a team's code TypeORM's EntityManager for a call, with the entities that EntitiesModule registered. */
@Injectable()
export class TenantEntities implements OnModuleInit {
  private source: EntityDataSource | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly statements: EntityStatements,
  ) {}

  /** Throws StartupError with the faults of the entities. */
  async onModuleInit(): Promise<void> {
    const classes = this.registered();
    if (classes.length === 0) return;
    failStart(classes.filter(entity => !isEntity(entity)).map(notAnEntity));
    this.source = await EntityDataSource.of(classes).catch((error: unknown) => {
      failStart([`the entities are at fault: ${error instanceof Error ? error.message : String(error)}`]);
      return undefined;
    });
  }

  /**
   * The manager may be used until the call ends. Each of its statements, and each of its transactions, has a pooled
   * session of this person: with the session context, the policy, the limits, the audit and exact values (bigint, decimal
   * and money are texts). Statements throw AppError, RESULT_TOO_LARGE instead of truncated rows.
   */
  manager(call: CallContext): EntityManager {
    const { source, statements } = this;
    if (source === undefined) {
      throw new AppError('INTERNAL', 'No module has registered entities.', {
        hint: 'Import EntitiesModule.register([…]) in your module.',
      });
    }
    const scope = new CallScope(call);
    return source.managerOf(bound => {
      scope.assertLive();
      return new CallQueryRunner(bound, scope, statements);
    });
  }

  private registered(): readonly EntityClass[] {
    const all = this.discovery.getProviders().flatMap(({ instance }) => {
      const held: unknown = instance;
      return held instanceof EntityClasses ? held.classes : [];
    });
    return [...new Set(all)];
  }
}

function isEntity(entity: EntityClass): boolean {
  return entity instanceof EntitySchema || getMetadataArgsStorage().filterTables(entity).length > 0;
}

function notAnEntity(entity: EntityClass): string {
  return `EntitiesModule.register: ${entity instanceof EntitySchema ? 'a schema' : entity.name} has no @Entity or @ViewEntity`;
}
