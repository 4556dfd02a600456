import { Injectable } from '@nestjs/common';

export type ToolOutcome = 'ok' | 'refused' | 'error' | 'cancelled';
export type TokenGrant = 'authorization_code' | 'refresh_token';

/** Prometheus metrics of one app instance; a method per event. Labels hold tenants and tools, never people or texts. */
@Injectable()
export class MetricsService {
  toolCall(_tenant: string, _tool: string, _outcome: ToolOutcome, _seconds: number): void {}
  streamOpened(_tenant: string): void {}
  streamClosed(_tenant: string, _seconds: number): void {}
  tokenIssued(_tenant: string, _grant: TokenGrant): void {}
  tokenRefused(_tenant: string, _reason: string): void {}
  signInFailed(_tenant: string): void {}
  auditFailed(_tenant: string): void {}

  /** The text of GET /metrics. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: 'text/plain', body: '' };
  }
}
