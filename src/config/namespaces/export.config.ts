import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsText } from '../validation/setting.decorators.js';
import { Variable } from '../variable.decorator.js';

/** Where exports go. Only stdio reads it: there the person and the server share a machine. */
export class ExportConfig {
  /** Undefined: exports are links that a person opens in a browser. */
  @Variable('EXPORT_DIRECTORY') @IsOptional() @IsText(4096) readonly exportDirectory: string | undefined = undefined;
}

export function readExportConfig(env: Environment, faults: Faults): ExportConfig {
  return readSettings(ExportConfig, env, faults);
}

export const exportConfig = registerAs('export', () => readNamespace(readExportConfig));
