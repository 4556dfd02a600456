import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { AppError } from '../../common/app-error.js';
import { hasScope } from '../../common/principal.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import type { ResourceContents } from '../../resources/resource.js';
import { CallFactory, type McpCall } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams, RpcError } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ReadResourceMethod implements RpcMethod {
  readonly name = 'resources/read';
  readonly cache = { ttlMs: 0, cacheScope: 'private' } as const;

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly calls: CallFactory,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { uri } = context.params;
    if (typeof uri !== 'string') throw invalidParams('uri must be a string.');
    const found = this.resources.find(uri);
    if (found === undefined) throw notFound(uri, context);
    const { scope } = found.definition;
    if (!hasScope(context.caller.principal.scopes, scope)) {
      throw new AppError('INSUFFICIENT_SCOPE', `Reading this resource needs ${scope}.`, {
        details: { scopes: [scope] },
      });
    }
    const call = await this.calls.make(context, undefined);
    const contents = await this.audited(call, () => found.read(call)).catch((error: unknown) => {
      throw error instanceof AppError && NOT_FOUND.has(error.code) ? notFound(uri, context) : error;
    });
    // "Never empty contents" (2026-07-28 server/resources).
    if (contents.length === 0) throw notFound(uri, context);
    return { contents };
  }

  /** A read leaves the same trace as a tool call. */
  private async audited(
    { requestId, tenant, principal }: McpCall,
    read: () => Promise<readonly ResourceContents[]>,
  ): Promise<readonly ResourceContents[]> {
    const entry = {
      request_id: requestId,
      tenant: tenant.name,
      principal: principal.subject,
      client: principal.client,
      tool: 'resources/read',
    };
    await this.audit.intent(entry).catch((error: unknown) => {
      this.metrics.auditFailed(tenant.name);
      throw error;
    });
    const started = performance.now();
    const done = async (outcome: 'ok' | 'error' | 'cancelled', bytes: number, error?: string): Promise<void> => {
      const written = await this.audit.outcome({
        ...entry,
        outcome,
        ...(error === undefined ? {} : { error }),
        rows: 0,
        bytes,
        duration_ms: Math.round(performance.now() - started),
      });
      if (!written) this.metrics.auditFailed(tenant.name);
    };
    try {
      const contents = await read();
      await done(
        'ok',
        contents.reduce((sum, item) => sum + (item.text ?? item.blob ?? '').length, 0),
      );
      return contents;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      await done(code === 'CANCELLED' ? 'cancelled' : 'error', 0, code);
      throw error;
    }
  }
}

const NOT_FOUND: ReadonlySet<string> = new Set(['NOT_FOUND', 'UNKNOWN_TABLE', 'AMBIGUOUS_TABLE']);

function notFound(uri: string, { revision }: RequestContext): RpcError {
  return new RpcError(revision.resourceNotFound, 'Resource not found', 200, { uri: uri.slice(0, 1_000) });
}
