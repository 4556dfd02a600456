import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { Secret } from '../secret.decorator.js';
import { IsDuration, IsText } from '../validation/setting.decorators.js';
import { asDuration, Variable } from '../variable.decorator.js';

/** `90d`, like every duration; `90` alone means days, as the name says. */
const asDays = (text: string): unknown => asDuration(/^\d{1,5}$/.test(text.trim()) ? `${text.trim()}d` : text);

/** The audit trail. */
export class AuditConfig {
  /** A path, or `stdout`. */
  @Variable('AUDIT_FILE') @IsText(4096) readonly auditFile: string = 'var/audit.jsonl';
  /** Seconds for which the files of the trail are kept; undefined: for ever. */
  @Variable('AUDIT_KEEP_DAYS', asDays) @IsOptional() @IsDuration(86_400, 36_500 * 86_400) readonly auditKeep:
    number | undefined = undefined;
  /** Not a variable: the 32 bytes whose derived key seals the head file, where that is not the key of the state. */
  @IsOptional() @Secret() readonly headKey: Buffer | undefined = undefined;
}

export function readAuditConfig(env: Environment, faults: Faults): AuditConfig {
  return readSettings(AuditConfig, env, faults);
}

export const auditConfig = registerAs('audit', () => readNamespace(readAuditConfig));
