import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { readPostBody } from './post-body.js';

describe('the body of a POST', () => {
  it('is refused when it ends early', async () => {
    const cut = new Readable({ read: () => {} });
    const reading = readPostBody(Object.assign(cut, { headers: {} }) as unknown as IncomingMessage);
    cut.push('{"jsonrpc":');
    cut.destroy();
    await expect(reading).rejects.toThrow('ended early');
  });
});
