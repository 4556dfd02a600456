import type { AccessLimits } from '../../common/principal.js';

export interface PolicyRules {
  readonly allowMultipleStatements: boolean;
  readonly allowThreePartNames: boolean;
  /** `ThisDb.dbo.t` is no other database. */
  readonly database: string;
  readonly access: AccessLimits;
}
