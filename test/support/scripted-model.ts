import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedModel {
  /** ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** What the client sent back as results of tools. */
  readonly results: unknown[];
  close(): Promise<void>;
}

/**
 * Stands where Claude Code has its model, which needs an account: it calls one tool, and then says that it is done. It
 * speaks the Messages API with streaming (docs.claude.com/en/api/messages-streaming).
 */
export async function startScriptedModel(call: { name: string; input: object }): Promise<ScriptedModel> {
  const results: unknown[] = [];
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      if (req.url?.startsWith('/v1/messages?') !== true && req.url !== '/v1/messages') {
        res.writeHead(404).end();
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: unknown }[] };
      const found = body.messages.flatMap(({ content }) => (Array.isArray(content) ? (content as unknown[]) : []));
      const answered = found.filter(block => (block as { type?: string }).type === 'tool_result');
      results.push(...answered);
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const [type, fields] of answered.length > 0 ? DONE : toolUse(call))
        res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
      res.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    results,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Event = readonly [type: string, fields: object];

const usage = { input_tokens: 1, output_tokens: 1 };

function message(start: object, delta: object, stop_reason: string): readonly Event[] {
  return [
    [
      'message_start',
      { message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage } },
    ],
    ['content_block_start', { index: 0, content_block: start }],
    ['content_block_delta', { index: 0, delta }],
    ['content_block_stop', { index: 0 }],
    ['message_delta', { delta: { stop_reason }, usage }],
    ['message_stop', {}],
  ];
}

const DONE = message({ type: 'text', text: '' }, { type: 'text_delta', text: 'done' }, 'end_turn');

const toolUse = ({ name, input }: { name: string; input: object }): readonly Event[] =>
  message(
    { type: 'tool_use', id: 'toolu_1', name, input: {} },
    { type: 'input_json_delta', partial_json: JSON.stringify(input) },
    'tool_use',
  );
