import type { EntitySchema } from 'typeorm';

/** A class with TypeORM's `@Entity` or `@ViewEntity`, or an EntitySchema. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- TypeORM's own type of a class
export type EntityClass = Function | EntitySchema;

/** The entities that one module registers. */
export class EntityClasses {
  constructor(readonly classes: readonly EntityClass[]) {}
}
