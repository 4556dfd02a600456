import { randomBytes } from 'node:crypto';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import { Authorization } from '../../src/invocation/authorization.js';
import { CallFactory } from '../../src/mcp/client/call.factory.js';
import { McpClientRegistry } from '../../src/mcp/client/mcp-client-registry.js';
import { NotificationHandler } from '../../src/mcp/client/notification-handler.js';
import { ServerRequests } from '../../src/mcp/client/server-requests.js';
import { ClusterBus } from '../../src/mcp/cluster/cluster-bus.js';
import { InFlight } from '../../src/mcp/cluster/in-flight.js';
import { Dispatcher } from '../../src/mcp/protocol/dispatcher.js';
import type { Caller } from '../../src/mcp/protocol/request-context.js';
import type { RpcMethod } from '../../src/mcp/protocol/rpc-method.js';
import { SqliteStateStore } from '../../src/state/sqlite.state-store.js';
import { StateCipher } from '../../src/state/state-cipher.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { testPrincipal, testTenant } from './database.js';

export interface DispatcherParts {
  readonly dispatcher: Dispatcher;
  readonly inFlight: InFlight;
  readonly notifications: NotificationHandler;
  readonly calls: CallFactory;
  close(): Promise<void>;
}

/** A dispatcher with these methods and with the real services around it, but without sign-in and HTTP. */
export function dispatcherWith(...methods: readonly RpcMethod[]): DispatcherParts {
  const store = new SqliteStateStore(':memory:');
  const cipher = new StateCipher(randomBytes(32));
  const bus = new ClusterBus(store, cipher);
  const inFlight = new InFlight(bus, cipher, store);
  const serverRequests = new ServerRequests(bus);
  const authorization = new Authorization(
    { allowUnauthMethods: false, allowUnauthToolsCall: false } as never,
    {} as never,
  );
  return {
    dispatcher: new Dispatcher(methods, inFlight, authorization),
    inFlight,
    notifications: new NotificationHandler(inFlight, serverRequests),
    calls: new CallFactory(new McpClientRegistry(store, cipher, bus), serverRequests),
    close: () => store.close(),
  };
}

export function testCaller(subject = 'ann', tenant: Tenant = testTenant(new DatabaseConfig())): Caller {
  const key = `${tenant.name}\n${subject}`;
  return { tenant, principal: testPrincipal(subject), clientKey: key, tokenKey: key };
}
