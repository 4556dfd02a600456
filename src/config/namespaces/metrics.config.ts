import { registerAs } from '@nestjs/config';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsWholeNumber } from '../validation/setting.decorators.js';
import { asNumber, Variable } from '../variable.decorator.js';

/** Prometheus metrics. */
export class MetricsConfig {
  /** A port of its own, which no proxy publishes; 0 takes any free port. */
  @Variable('METRICS_PORT', asNumber) @IsWholeNumber(0, 65_535) readonly metricsPort: number = 9464;
}

export function readMetricsConfig(env: Environment, faults: Faults): MetricsConfig {
  return readSettings(MetricsConfig, env, faults);
}

export const metricsConfig = registerAs('metrics', () => readNamespace(readMetricsConfig));
