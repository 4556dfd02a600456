import { Injectable } from '@nestjs/common';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import { ChangesService } from '../cluster/changes.service.js';
import type { Versions } from '../exchange/arrival.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import type { Caller } from '../protocol/request-context.js';
import type { StdioOutput } from './stdio-output.js';

/**
 * Announces the changed resources that the client subscribed to with `resources/subscribe`, and changed lists. A client of
 * 2026-07-28 has no handshake and asks for both with `subscriptions/listen`.
 */
@Injectable()
export class StdioUpdates {
  constructor(
    private readonly clients: McpClientRegistry,
    private readonly changes: ChangesService,
  ) {}

  /** Announces until the returned function is called. */
  announce({ clientKey }: Caller, output: StdioOutput, versions: Versions): () => void {
    const stopUpdates = this.changes.onUpdate((_tenant, uri) => void this.send(clientKey, uri, output));
    const stopLists = this.changes.onLists(() => {
      if (versions.ofOthers() === undefined) return;
      for (const list of ['tools', 'prompts'])
        output.send(notificationMessage(`notifications/${list}/list_changed`, {}));
    });
    return () => {
      stopUpdates();
      stopLists();
    };
  }

  private async send(clientKey: string, uri: string, output: StdioOutput): Promise<void> {
    const { watched } = await this.clients.facts(clientKey);
    if (watched.includes(uri)) output.send(notificationMessage('notifications/resources/updated', { uri }));
  }
}
