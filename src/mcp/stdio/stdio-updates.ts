import { Injectable } from '@nestjs/common';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import { ChangesService } from '../cluster/changes.service.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import type { Caller } from '../protocol/request-context.js';
import type { StdioOutput } from './stdio-output.js';

/** Announces the changed resources that the client subscribed to with `resources/subscribe`. */
@Injectable()
export class StdioUpdates {
  constructor(
    private readonly clients: McpClientRegistry,
    private readonly changes: ChangesService,
  ) {}

  /** Announces until the returned function is called. */
  announce({ clientKey }: Caller, output: StdioOutput): () => void {
    return this.changes.onUpdate((_tenant, uri) => void this.send(clientKey, uri, output));
  }

  private async send(clientKey: string, uri: string, output: StdioOutput): Promise<void> {
    const { watched } = await this.clients.facts(clientKey);
    if (watched.includes(uri)) output.send(notificationMessage('notifications/resources/updated', { uri }));
  }
}
