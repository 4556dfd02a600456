import { registerAs } from '@nestjs/config';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsListenAddress } from '../validation/network.decorators.js';
import { IsWholeNumber } from '../validation/setting.decorators.js';
import { asNumber, Variable } from '../variable.decorator.js';

/** Prometheus metrics. */
export class MetricsConfig {
  /** A port of its own, which no proxy publishes; 0 takes any free port. */
  @Variable('METRICS_PORT', asNumber) @IsWholeNumber(0, 65_535) readonly metricsPort: number = 9464;
  /** Loopback, unless a scraper on another machine or in another container needs the port. */
  @Variable('METRICS_HOST') @IsListenAddress() readonly metricsHost: string = '127.0.0.1';
}

export function readMetricsConfig(env: Environment, faults: Faults): MetricsConfig {
  return readSettings(MetricsConfig, env, faults);
}

export const metricsConfig = registerAs('metrics', () => readNamespace(readMetricsConfig));
