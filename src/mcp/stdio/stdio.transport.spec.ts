import { PassThrough, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dispatcherWith, type DispatcherParts } from '../../../test/support/mcp-dispatcher.js';
import { testTenant } from '../../../test/support/database.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import type { TenantsService } from '../../tenancy/tenants.service.js';
import { BatchHandler } from '../exchange/batch.handler.js';
import { MessageHandler } from '../exchange/message.handler.js';
import { StdioOutput } from './stdio-output.js';
import { StdioTransport } from './stdio.transport.js';
import type { StdioUpdates } from './stdio-updates.js';

/** Takes one write at a time and finishes it when it is told, like a pipe whose reader is slow. */
class Stuck extends Writable {
  private done: (() => void) | undefined;
  text = '';

  get busy(): boolean {
    return this.done !== undefined;
  }

  finish(): void {
    const { done } = this;
    this.done = undefined;
    done?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.done = done;
  }
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';

describe('the stdio transport', () => {
  let parts: DispatcherParts;
  let transport: StdioTransport;
  let handled: number;
  beforeEach(() => {
    handled = 0;
    parts = dispatcherWith({
      name: 'ping',
      handle: () => {
        handled += 1;
        return { text: 'x'.repeat(100_000) };
      },
    });
    const messages = new MessageHandler(parts.dispatcher, parts.notifications);
    transport = new StdioTransport(
      messages,
      new BatchHandler(messages),
      { announce: () => () => {} } as unknown as StdioUpdates,
      { all: () => [testTenant(new DatabaseConfig())] } as unknown as TenantsService,
    );
  });
  afterEach(() => parts.close());

  it('reads nothing more while the client reads no responses', async () => {
    const input = new PassThrough();
    const stuck = new Stuck();
    const served = transport.serve(input, new StdioOutput(stuck), new AbortController().signal);
    input.write(PING);
    while (!stuck.busy) await nextTurn();
    input.write(PING);
    input.end(PING);
    // Whatever could be read would be read in these turns.
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    expect(handled).toBe(1);
    let isServed = false;
    void served.then(() => (isServed = true));
    while (!isServed) {
      stuck.finish();
      await nextTurn();
    }
    expect(handled).toBe(3);
  });

  it('puts each message on one line, whatever a tool returns', () => {
    const stuck = new Stuck();
    new StdioOutput(stuck).send('{\n  "a": 1\r\n}');
    expect(stuck.text).toBe('{   "a": 1  }\n');
  });
});
