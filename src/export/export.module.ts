import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AuditModule } from '../audit/audit.module.js';
import { exportConfig } from '../config/namespaces/export.config.js';
import { DatabaseModule } from '../database/database.module.js';
import { QueryService } from '../database/query/query.service.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { StateModule } from '../state/state.module.js';
import { DirectoryTarget } from './directory.target.js';
import { ExportEvents } from './export-events.js';
import { ExportSlots } from './export-slots.js';
import { EXPORT_TARGET, type ExportTarget } from './export-target.js';
import { DownloadStates } from './links/download-states.js';
import { ExportLinks } from './links/export-links.js';
import { LinkTarget } from './links/link.target.js';

/** Whole results as files: the links to them, and what happens to them. */
@Module({
  imports: [AuditModule, DatabaseModule, MetricsModule, StateModule],
  providers: [
    DownloadStates,
    ExportEvents,
    ExportLinks,
    ExportSlots,
    LinkTarget,
    {
      provide: EXPORT_TARGET,
      inject: [exportConfig.KEY, LinkTarget, QueryService, ExportEvents, ExportSlots],
      useFactory: (
        { exportDirectory }: ConfigType<typeof exportConfig>,
        links: LinkTarget,
        queries: QueryService,
        events: ExportEvents,
        slots: ExportSlots,
      ): ExportTarget =>
        exportDirectory === undefined ? links : new DirectoryTarget(exportDirectory, { queries, events, slots }),
    },
  ],
  exports: [DownloadStates, ExportEvents, ExportLinks, ExportSlots, LinkTarget, EXPORT_TARGET],
})
export class ExportModule {}
