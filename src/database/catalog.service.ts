import { Injectable } from '@nestjs/common';
import type { AccessLimits } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ConnectionLender } from './connection-lender.js';
import type { TableDescription, TableSummary } from './catalog.types.js';
import type { ObjectName } from './object-name.js';

export interface CatalogOptions {
  readonly schema?: string;
  readonly includeViews?: boolean;
  /** Leaves out what this person may not touch. */
  readonly access?: AccessLimits;
  readonly signal?: AbortSignal;
}

/** Tables and what they are made of, from the sys views: one round trip each. Row counts never by COUNT(*). */
@Injectable()
export class CatalogService {
  constructor(private readonly lender: ConnectionLender) {}

  /** All tables (and views), ordered by schema and name. */
  async tables(_tenant: Tenant, _options: CatalogOptions = {}): Promise<readonly TableSummary[]> {
    throw new Error('being written');
  }

  /** Throws AppError UNKNOWN_TABLE (with the nearest names) and AMBIGUOUS_TABLE (with the candidates). */
  async table(
    _tenant: Tenant,
    _name: ObjectName,
    _options: Pick<CatalogOptions, 'access' | 'signal'> = {},
  ): Promise<TableDescription> {
    throw new Error('being written');
  }

  /** The catalogue's own spelling of a name; the same errors as `table`. */
  async resolve(
    _tenant: Tenant,
    _name: ObjectName,
    _options: Pick<CatalogOptions, 'access' | 'signal'> = {},
  ): Promise<TableSummary> {
    throw new Error('being written');
  }
}
