import { Module } from '@nestjs/common';
import { MetricsModule } from './metrics.module.js';
import { MetricsServer } from './metrics.server.js';

/** Publishes the metrics on a port of their own. A process that only counts them imports MetricsModule. */
@Module({ imports: [MetricsModule], providers: [MetricsServer], exports: [MetricsServer] })
export class MetricsServerModule {}
