import { Injectable } from '@nestjs/common';
import { ChangesService } from '../cluster/changes.service.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import { StandaloneStreams } from './standalone-streams.js';

/** Announces changed lists on the GET streams of this process, on the newest stream of each client. */
@Injectable()
export class ListUpdates {
  constructor(streams: StandaloneStreams, changes: ChangesService) {
    changes.onLists(tenant => {
      for (const stream of streams.newestOf(tenant).values()) {
        for (const list of ['tools', 'prompts'])
          stream.send(notificationMessage(`notifications/${list}/list_changed`, {}));
      }
    });
  }
}
