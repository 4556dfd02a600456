import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { StateModule } from '../state/state.module.js';
import { ExportEvents } from './export-events.js';
import { ExportSlots } from './export-slots.js';
import { EXPORT_TARGET } from './export-target.js';
import { DownloadStates } from './links/download-states.js';
import { ExportLinks } from './links/export-links.js';
import { LinkTarget } from './links/link.target.js';

/** Whole results as files: the links to them, and what happens to them. */
@Module({
  imports: [AuditModule, MetricsModule, StateModule],
  providers: [
    DownloadStates,
    ExportEvents,
    ExportLinks,
    ExportSlots,
    LinkTarget,
    { provide: EXPORT_TARGET, useExisting: LinkTarget },
  ],
  exports: [DownloadStates, ExportEvents, ExportLinks, ExportSlots, EXPORT_TARGET],
})
export class ExportModule {}
