import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { Drain } from '../../common/drain.js';
import { Authorization } from '../../invocation/authorization.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { ChangesService } from '../cluster/changes.service.js';
import type { Caller, RequestContext } from '../protocol/request-context.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import { invalidParams, RPC, RpcError } from '../protocol/rpc.error.js';
import { MAX_STREAM_MS, MAX_SUBSCRIPTIONS } from '../protocol/limits.js';
import { META_SUBSCRIPTION } from '../protocol/envelope.js';
import { hasChangingLists } from '../protocol/server-info.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { StreamLimits } from '../client/stream-limits.js';

/** The long-lived stream of 2026-07-28: resource updates, and changes of the lists where a tenant's lists may change. */
@Injectable()
export class ListenMethod implements RpcMethod {
  readonly name = 'subscriptions/listen';

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly changes: ChangesService,
    private readonly limits: StreamLimits,
    private readonly drain: Drain,
    private readonly authorization: Authorization,
  ) {}

  async handle(context: RequestContext): Promise<object | undefined> {
    const watched = this.read(context.params.notifications, context.caller);
    if (!context.sink.open) throw new RpcError(RPC.invalidRequest, 'Accept must allow text/event-stream.', 406);
    const lost = new AbortController();
    const release = this.limits.claim(context.caller, () => lost.abort());
    const _meta = { [META_SUBSCRIPTION]: context.id };
    const lists = listsOf(context.params.notifications, context.caller);
    const notifications = {
      ...Object.fromEntries(lists.map(list => [`${list}ListChanged`, true])),
      ...(watched.size === 0 ? {} : { resourceSubscriptions: [...watched] }),
    };
    context.sink.send(notificationMessage('notifications/subscriptions/acknowledged', { notifications, _meta }), true);
    const stop = this.changes.onUpdate((tenant, uri) => {
      if (tenant !== context.caller.tenant.name || !watched.has(uri)) return;
      context.sink.send(notificationMessage('notifications/resources/updated', { uri, _meta }));
    });
    const stopLists = this.changes.onLists(tenant => {
      if (tenant !== context.caller.tenant.name) return;
      for (const list of lists) context.sink.send(notificationMessage(`notifications/${list}/list_changed`, { _meta }));
    });
    try {
      await this.end([context.signal, this.drain.signal, lost.signal]);
    } finally {
      stop();
      stopLists();
      release();
    }
    return context.cancelled ? undefined : { _meta };
  }

  private read(value: unknown, { tenant, principal }: Caller): ReadonlySet<string> {
    if (!isObject(value)) throw invalidParams('notifications must be an object.');
    const { resourceSubscriptions = [] } = value;
    if (!Array.isArray(resourceSubscriptions) || resourceSubscriptions.some(uri => typeof uri !== 'string')) {
      throw invalidParams('resourceSubscriptions must be a list of URIs.');
    }
    if (resourceSubscriptions.length > MAX_SUBSCRIPTIONS) {
      throw invalidParams(`A client can subscribe to at most ${MAX_SUBSCRIPTIONS} resources.`);
    }
    return new Set(
      (resourceSubscriptions as string[]).filter(uri => {
        const found = this.resources.find(uri);
        return found !== undefined && this.authorization.mayUse(found.definition, tenant, principal);
      }),
    );
  }

  /** Resolves when the client leaves, the server stops, access is lost, or the stream was open for MAX_STREAM_MS. */
  private end(reasons: readonly AbortSignal[]): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(finish, MAX_STREAM_MS).unref();
      function finish(): void {
        clearTimeout(timer);
        for (const reason of reasons) reason.removeEventListener('abort', finish);
        resolve();
      }
      for (const reason of reasons) reason.addEventListener('abort', finish);
      if (reasons.some(reason => reason.aborted)) finish();
    });
  }
}

/** The lists whose changes the client wants to know, as far as they may change in its tenant. */
function listsOf(notifications: unknown, { tenant }: Caller): readonly ('tools' | 'prompts')[] {
  if (!isObject(notifications) || !hasChangingLists(tenant)) return [];
  const { toolsListChanged, promptsListChanged } = notifications;
  return [
    ...(toolsListChanged === true ? (['tools'] as const) : []),
    ...(promptsListChanged === true ? (['prompts'] as const) : []),
  ];
}
