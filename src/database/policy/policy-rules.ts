import type { AccessLimits } from '../../common/principal.js';

export interface PolicyRules {
  readonly allowMultipleStatements: boolean;
  readonly allowThreePartNames: boolean;
  /** The tenant's own database: `ThisDb.dbo.t` does not name another one. */
  readonly database: string;
  readonly access: AccessLimits;
}
