import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { RpcError } from './rpc.error.js';
import { readBody, readMessage } from './read-message.js';

function request(body: Buffer | string, headers: Record<string, string> = {}): IncomingMessage {
  return Object.assign(Readable.from([Buffer.from(body)]), { headers }) as unknown as IncomingMessage;
}

describe('reading a message', () => {
  it('parses a body or rejects it with an RpcError, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        await readBody(request(Buffer.from(bytes))).catch((error: unknown) => expect(error).toBeInstanceOf(RpcError));
      }),
    );
  });

  it('returns any JSON object unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), async value => {
        if (JSON.stringify(value).includes('__proto__')) return;
        expect(await readBody(request(JSON.stringify(value)))).toEqual({ single: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });

  it('reads any JSON value as a message or throws an RpcError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (id, method, params) => {
        for (const value of [id, { jsonrpc: '2.0', id, method, params }, { jsonrpc: '2.0', id, result: params }]) {
          try {
            expect(['request', 'notification', 'response']).toContain(readMessage(value).kind);
          } catch (error) {
            expect(error).toBeInstanceOf(RpcError);
          }
        }
      }),
    );
  });

  it('allows 64 levels of nesting and refuses 65', async () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    await expect(readBody(request(`{"a":${nested(63)}}`))).resolves.toBeDefined();
    await expect(readBody(request(`{"a":${nested(64)}}`))).rejects.toThrow('nested at most 64 levels deep');
  });

  it('refuses a body that ends early', async () => {
    const cut = new Readable({ read: () => {} });
    const reading = readBody(Object.assign(cut, { headers: {} }) as unknown as IncomingMessage);
    cut.push('{"jsonrpc":');
    cut.destroy();
    await expect(reading).rejects.toThrow('ended early');
  });
});
