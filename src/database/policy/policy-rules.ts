import type { AccessLimits } from '../../common/principal.js';
import type { Mentions } from './mentions.js';

export interface PolicyRules {
  readonly allowMultipleStatements: boolean;
  readonly allowThreePartNames: boolean;
  /** The tenant's own database: `ThisDb.dbo.t` does not name another one. */
  readonly database: string;
  /** The other databases that people of the tenant may name. */
  readonly databases?: readonly string[];
  /** The person's rules for all databases. */
  readonly access: AccessLimits;
  /** Collects what the statement names. */
  readonly mentions?: Mentions;
}
