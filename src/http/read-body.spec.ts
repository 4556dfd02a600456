import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import express, { type Request } from 'express';
import type { AppError } from '../common/app-error.js';
import { readBody, readForm } from './read-body.js';

const LIMIT = 100;

describe('readBody', () => {
  let server: Server;
  let read: (req: Request) => Promise<unknown>;
  /** The outcome of each request in turn. */
  let outcomes: Promise<unknown>[];
  let arrived: () => void;

  beforeEach(async () => {
    read = req => readBody(req, LIMIT).then(String);
    outcomes = [];
    arrived = () => {};
    const app = express().use(async (req, res) => {
      const outcome = read(req);
      outcomes.push(outcome.catch((error: unknown) => error));
      arrived();
      await outcome.then(
        body => res.send(`read ${JSON.stringify(body)}`),
        (error: AppError) => res.status(error.code === 'RESULT_TOO_LARGE' ? 413 : 400).send(error.message),
      );
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function open(): Socket {
    const { port } = server.address() as AddressInfo;
    return connect(port, '127.0.0.1').on('error', () => {});
  }

  /** Sends raw bytes, and returns all that comes back until the server closes the connection. */
  async function exchange(...parts: readonly string[]): Promise<string> {
    const socket = open();
    const answer = text(socket);
    for (const part of parts) socket.write(part);
    return answer;
  }

  const declared = (length: number, more = 'Connection: close\r\n'): string =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n`;
  const CHUNKED = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = (length: number): string => `${length.toString(16)}\r\n${'c'.repeat(length)}\r\n`;

  it.each([
    ['no body', 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 0],
    ['an empty body', declared(0), 0],
    ['a body as long as the limit', declared(LIMIT) + 'c'.repeat(LIMIT), LIMIT],
    [
      'a chunked body',
      CHUNKED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n') + chunk(60) + chunk(40) + '0\r\n\r\n',
      LIMIT,
    ],
  ])('reads %s', async (_what, request, length) => {
    expect(await exchange(request)).toContain(`read "${'c'.repeat(length)}"`);
  });

  it('refuses a declared length above the limit before any of the body has come', async () => {
    const answer = await exchange(declared(LIMIT + 1, ''));
    expect(answer).toContain('HTTP/1.1 413');
    expect(answer).toContain('Connection: close');
  });

  it('refuses a chunked body as soon as it is above the limit, without its end', async () => {
    const answer = await exchange(CHUNKED, chunk(60), chunk(60));
    expect(answer).toContain('HTTP/1.1 413');
    expect(answer).toContain('Connection: close');
  });

  it('takes nothing of a refused body for another request', async () => {
    const smuggled = 'GET /second HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await exchange(declared(LIMIT + smuggled.length, ''), smuggled);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(outcomes).toHaveLength(1);
  });

  it('keeps the connection for the next request otherwise', async () => {
    const answer = await exchange(`${declared(3, '')}one`, `${declared(3)}two`);
    expect(answer.match(/read "(one|two)"/g)).toEqual(['read "one"', 'read "two"']);
  });

  it('ends when the client goes away within the body', async () => {
    const began = new Promise<void>(resolve => (arrived = resolve));
    const socket = open();
    socket.write(`${declared(10)}half`);
    await began;
    socket.destroy();
    await expect(outcomes[0]).resolves.toMatchObject({ code: 'BAD_REQUEST', message: 'The request body ended early.' });
  });

  it('ends when the client had gone away before anybody read', async () => {
    read = async req => {
      req.socket.destroy();
      await new Promise(resolve => req.once('close', resolve));
      return readBody(req, LIMIT);
    };
    const began = new Promise<void>(resolve => (arrived = resolve));
    open().write(`${declared(10)}half`);
    await began;
    await expect(outcomes[0]).resolves.toMatchObject({ code: 'BAD_REQUEST' });
  });

  describe('for a form', () => {
    const form = (type: string, body: string): string =>
      `${declared(body.length, `Connection: close\r\nContent-Type: ${type}\r\n`)}${body}`;
    beforeEach(() => {
      read = async req => Object.fromEntries(await readForm(req));
    });

    it.each(['application/x-www-form-urlencoded', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'])(
      'reads the fields of %s',
      async type => {
        expect(await exchange(form(type, 'a=1&b=%C3%A4+%26'))).toContain('read {"a":"1","b":"ä &"}');
      },
    );

    it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('refuses %s', async type => {
      expect(await exchange(form(type, 'a=1'))).toContain('application/x-www-form-urlencoded');
    });

    it('refuses more than 16 kB', async () => {
      const answer = await exchange(form('application/x-www-form-urlencoded', `a=${'x'.repeat(16 * 1024)}`));
      expect(answer).toContain('HTTP/1.1 413');
    });
  });
});
