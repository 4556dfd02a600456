import { SqlServerDriver } from 'typeorm/driver/sqlserver/SqlServerDriver.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { ApplyValueTransformers } from 'typeorm/util/ApplyValueTransformers.js';
import { AppError } from '../../common/app-error.js';
import { bytesOf } from '../driver/parameter-values.js';
import { holdsDate, hydratedDate } from './entity-dates.js';
import { numberIfExact } from './exact-number.js';

const BINARY = new Set<unknown>(['binary', 'varbinary', 'image', 'rowversion', 'timestamp']);

/** TypeORM's driver without a connection, whose values are exact and whose dates are in UTC. */
export class EntityDriver extends SqlServerDriver {
  /** A call makes its own query runners. Whatever asks the driver for one has no call. */
  override createQueryRunner(): never {
    throw outsideOfCall();
  }

  override connect(): Promise<void> {
    return Promise.reject(outsideOfCall());
  }

  override disconnect(): Promise<void> {
    return Promise.resolve();
  }

  override prepareHydratedValue(value: unknown, column: ColumnMetadata): unknown {
    if (value === null || value === undefined) return super.prepareHydratedValue(value, column);
    // TypeORM would cut a decimal at its point.
    if (column.type === Number) return transformed(numberIfExact(value), column);
    if (isBinary(column) && typeof value === 'string') return transformed(bytesOf(value) ?? value, column);
    return super.prepareHydratedValue(hydratedDate(column.type, value), column);
  }

  override preparePersistentValue(value: unknown, column: ColumnMetadata): unknown {
    // TypeORM would read a text as local time, and drop the milliseconds of a Date in the caller's own object.
    if (!holdsDate(column.type)) return super.preparePersistentValue(value, column);
    const { transformer } = column;
    return transformer === undefined ? value : ApplyValueTransformers.transformTo(transformer, value);
  }
}

export function outsideOfCall(): AppError {
  return new AppError('INTERNAL', 'A query of entities ran outside of a call.', {
    hint: 'Use the EntityManager that TenantEntities.manager(call) returns: it knows the person and the tenant.',
  });
}

function isBinary({ type }: ColumnMetadata): boolean {
  return BINARY.has(type) || (typeof type === 'function' && type.prototype instanceof Uint8Array);
}

function transformed(value: unknown, { transformer }: ColumnMetadata): unknown {
  return transformer === undefined ? value : ApplyValueTransformers.transformFrom(transformer, value);
}
