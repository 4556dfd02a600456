import fc from 'fast-check';
import { RpcError } from './rpc.error.js';
import { readMessage, readMessages } from './read-message.js';

describe('reading a message', () => {
  it('parses bytes or rejects them with an RpcError, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          readMessages(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RpcError);
        }
      }),
    );
  });

  it('returns any JSON object unchanged', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), value => {
        const json = JSON.stringify(value);
        if (json.includes('__proto__')) return;
        expect(readMessages(Buffer.from(json))).toEqual({ single: JSON.parse(json) });
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

  it('allows 64 levels of nesting and refuses 65', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(readMessages(Buffer.from(`{"a":${nested(63)}}`))).toBeDefined();
    expect(() => readMessages(Buffer.from(`{"a":${nested(64)}}`))).toThrow('nested at most 64 levels deep');
  });
});
