import { type DynamicModule, Module } from '@nestjs/common';
import { type EntityClass, EntityClasses } from './entity-classes.js';

/** Registers a team's TypeORM entities: `imports: [DatabaseModule, EntitiesModule.register([Customer, Order])]`. */
@Module({})
export class EntitiesModule {
  /** Several modules may register the same entity. Relations may lead to entities of other modules. */
  static register(classes: readonly EntityClass[]): DynamicModule {
    return {
      module: EntitiesModule,
      providers: [{ provide: EntityClasses, useValue: new EntityClasses(classes) }],
    };
  }
}
