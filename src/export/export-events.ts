import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ExportEvent } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { ErrorCode } from '../common/app-error.js';
import type { StatementReport } from '../database/statement-report.js';
import { MetricsService } from '../metrics/metrics.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { SubjectRequest } from './export-order.js';
import type { FileFormat } from './file-format.js';

/** What the audit trail says of every export: a link has it, and so has a file that is written without a link. */
export interface AuditedExport {
  /** Absent where there is no link or file yet. */
  readonly id?: string;
  readonly subject: string;
  readonly client: string;
  readonly statement: string;
  readonly format: FileFormat;
  readonly fileName: string;
  readonly definition?: string | undefined;
  /** The person whose data is in the file; set only for export_subject_data. */
  readonly dataSubject?: Pick<SubjectRequest, 'name' | 'id'> | undefined;
}

export interface ExportEnding {
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly error?: ErrorCode | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256?: string | undefined;
  readonly seconds: number;
}

/** Writes what happens to exports into the audit trail and the metrics. */
@Injectable()
export class ExportEvents {
  constructor(
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  /** What the database did for an export, for the metrics. */
  statement(tenant: Tenant, report: StatementReport): void {
    this.metrics.statement(tenant.name, report);
  }

  /** Rejects with AppError UNAVAILABLE when the record can't be written, so that no personal data is read unrecorded. */
  async subjectDataRead(tenant: Tenant, read: AuditedExport, requestId: string): Promise<void> {
    await this.audit.requiredExportEvent({
      event: 'subject_data_read',
      ...factsOf(tenant, read),
      request_id: requestId,
    });
  }

  linkMade(tenant: Tenant, made: AuditedExport, requestId: string): void {
    void this.audit.exportEvent({ event: 'export_link_made', ...factsOf(tenant, made), request_id: requestId });
  }

  linkRevoked(tenant: Tenant, link: AuditedExport): void {
    void this.audit.exportEvent({ event: 'export_link_revoked', ...factsOf(tenant, link) });
  }

  /** Rejects with AppError UNAVAILABLE: no file leaves unrecorded. */
  async begun(
    tenant: Tenant,
    begun: AuditedExport,
    from: Pick<ExportEvent, 'request_id' | 'remote_address' | 'client_certificate'>,
  ): Promise<void> {
    await this.audit.requiredExportEvent({
      event: 'export_begun',
      ...factsOf(tenant, begun),
      ...from,
    });
  }

  ended(tenant: Tenant, ended: AuditedExport, requestId: string, ending: ExportEnding): void {
    const { outcome, error, rows, bytes, sha256, seconds } = ending;
    this.metrics.exported({ tenant: tenant.name, format: ended.format, outcome, seconds, rows, bytes });
    void this.audit.exportEvent({
      event: 'export_ended',
      ...factsOf(tenant, ended),
      request_id: requestId,
      outcome,
      ...(error === undefined ? {} : { error }),
      rows,
      bytes,
      ...(sha256 === undefined ? {} : { sha256 }),
      duration_ms: Math.round(seconds * 1000),
    });
  }
}

function factsOf(tenant: Tenant, exported: AuditedExport) {
  const { id, subject, client, statement, format, fileName, definition, dataSubject } = exported;
  return {
    tenant: tenant.name,
    principal: subject,
    client,
    ...(dataSubject === undefined
      ? {}
      : {
          data_subject: dataSubject.name,
          data_subject_hash: hash('sha256', JSON.stringify([tenant.name, dataSubject.name, dataSubject.id]), 'hex'),
        }),
    // The id itself is part of the link's address.
    ...(id === undefined ? {} : { export: hash('sha256', id, 'hex').slice(0, 16) }),
    format,
    file_name: fileName,
    ...(definition === undefined ? {} : { definition }),
    statement_hash: hash('sha256', statement, 'hex'),
    ...(tenant.config.auditStatementText ? { statement } : {}),
  } satisfies Partial<ExportEvent>;
}
