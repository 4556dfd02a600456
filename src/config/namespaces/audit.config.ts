import { registerAs } from '@nestjs/config';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsText } from '../validation/setting.decorators.js';
import { Variable } from '../variable.decorator.js';

/** The audit trail. */
export class AuditConfig {
  /** A path, or `stdout`. */
  @Variable('AUDIT_FILE') @IsText(4096) readonly auditFile: string = 'var/audit.jsonl';
}

export function readAuditConfig(env: Environment, faults: Faults): AuditConfig {
  return readSettings(AuditConfig, env, faults);
}

export const auditConfig = registerAs('audit', () => readNamespace(readAuditConfig));
