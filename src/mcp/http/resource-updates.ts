import { Injectable } from '@nestjs/common';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import { ChangesService } from '../cluster/changes.service.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import { StandaloneStreams } from './standalone-streams.js';

/** Announces changed resources on the GET streams of this process. */
@Injectable()
export class ResourceUpdates {
  constructor(
    private readonly streams: StandaloneStreams,
    private readonly clients: McpClientRegistry,
    changes: ChangesService,
  ) {
    changes.onUpdate((tenant, uri) => void this.announce(tenant, uri));
  }

  /** Sends to the newest stream of each subscribed client (2025-03-26: never the same message on several streams). */
  private async announce(tenant: string, uri: string): Promise<void> {
    const message = notificationMessage('notifications/resources/updated', { uri });
    for (const [clientKey, stream] of this.streams.newestOf(tenant)) {
      const { watched } = await this.clients.facts(clientKey);
      if (watched.includes(uri)) stream.send(message);
    }
  }
}
