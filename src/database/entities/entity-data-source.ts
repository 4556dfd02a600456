import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { EntityClass } from './entity-classes.js';
import { EntityDriver, outsideOfCall } from './entity-driver.js';

/**
 * TypeORM's metadata of all registered entities, for every tenant. It never connects: only the query runner of a call
 * sends statements.
 */
export class EntityDataSource extends DataSource {
  private constructor(classes: readonly EntityClass[]) {
    super({ type: 'mssql', entities: [...classes], logging: false });
    this.driver = new EntityDriver(this);
  }

  /** Throws an error of TypeORM that names the entity and the property at fault. */
  static async of(classes: readonly EntityClass[]): Promise<EntityDataSource> {
    const source = new EntityDataSource(classes);
    // `initialize` would connect.
    await source.buildMetadatas();
    Object.assign(source, { isInitialized: true });
    return source;
  }

  /** The manager of a call. Everything that TypeORM does for it runs on the runners that `runnerOf` makes. */
  managerOf(runnerOf: (source: DataSource) => QueryRunner): EntityManager {
    const source = Object.create(this) as EntityDataSource;
    const createQueryRunner = (): QueryRunner => {
      const runner = runnerOf(source);
      return Object.assign(runner, { manager: source.createEntityManager(runner) });
    };
    const manager = source.createEntityManager();
    return Object.assign(source, { createQueryRunner, manager }).manager;
  }

  override createQueryRunner(): never {
    throw outsideOfCall();
  }
}
