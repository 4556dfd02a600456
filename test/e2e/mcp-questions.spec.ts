import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { messagesOf, modern, post, rpc } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

const C = { 'mcp-protocol-version': '2025-11-25' };
const JSON_POST = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const PERSON = { username: 'ada', email: 'ada@example.com' };

describe('questions to the client', () => {
  let server: FixtureServer;
  let url: string;
  const open: OpenStream[] = [];

  beforeAll(async () => {
    server = await startFixtureServer();
    url = server.url;
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  afterAll(() => server.close());

  /** A program that declares its capabilities with initialize. */
  async function client(name: string, capabilities: object, revision = '2025-11-25') {
    const headers = { ...C, 'mcp-protocol-version': revision, 'user-agent': name };
    await post(url, rpc('initialize', { protocolVersion: revision, capabilities }), headers);
    return {
      headers,
      call: async (tool: string, args: object = {}) => {
        const body = JSON.stringify(rpc('tools/call', { name: tool, arguments: args }));
        const stream = await OpenStream.open(url, { ...JSON_POST, ...headers }, body);
        open.push(stream);
        return stream;
      },
      answer: (id: unknown, result: object) => post(url, { jsonrpc: '2.0', id, result }, headers),
    };
  }

  it('asks on the stream of the call, and accepts the answer in another POST', async () => {
    verifies('MCP-43');
    const { call, answer } = await client('form-client', { elicitation: {} });
    const stream = await call('test_elicitation', { message: 'Who are you?' });
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect(question).toMatchObject({ params: { mode: 'form', message: 'Who are you?' } });
    expect(question['id']).toMatch(/^[\w-]{12}\.[\w-]{24}$/);
    expect(await answer(question['id'], { action: 'accept', content: PERSON })).toMatchObject({
      status: 202,
      text: '',
    });
    const result = await stream.message(({ id }) => id === 1);
    expect(result['result'].content[0].text).toContain('ada@example.com');
    await stream.end();
  });

  it('leaves out the mode in a revision that has only forms', async () => {
    verifies('MCP-43');
    const { call, answer } = await client('old-form-client', { elicitation: {} }, '2025-06-18');
    const stream = await call('test_elicitation', { message: 'Who?' });
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect(question['params']).not.toHaveProperty('mode');
    await answer(question['id'], { action: 'decline' });
    expect((await stream.message(({ id }) => id === 1))['result'].content[0].text).toContain('action: decline');
  });

  it('asks no client that did not declare the capability', async () => {
    verifies('MCP-23', 'MCP-43');
    for (const [name, capabilities] of [
      ['mute', {}],
      ['sampler', { sampling: {} }],
      ['url-only', { elicitation: { url: {} } }],
    ] as const) {
      const { headers } = await client(name, capabilities);
      const reply = await post(
        url,
        rpc('tools/call', { name: 'test_elicitation', arguments: { message: '?' } }),
        headers,
      );
      expect(reply.json.result).toMatchObject({ isError: true });
    }
    const { headers } = await client('json-only', { elicitation: {} });
    const reply = await post(url, rpc('tools/call', { name: 'test_elicitation', arguments: { message: '?' } }), {
      ...headers,
      accept: 'application/json',
    });
    expect(reply.json.result).toMatchObject({ isError: true });
  });

  it('asks only a client that declared URL elicitation to open a page', async () => {
    verifies('MCP-43');
    const { call, answer } = await client('url-client', { elicitation: { form: {}, url: {} } });
    const stream = await call('test_url_elicitation');
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect(question['params']).toMatchObject({ mode: 'url', url: 'https://example.com/sign-in' });
    await answer(question['id'], { action: 'accept' });
    expect((await stream.message(({ id }) => id === 1))['result'].content[0].text).toContain('accept');
    const form = await client('form-only', { elicitation: {} });
    const refused = await form.call('test_url_elicitation');
    await refused.end();
    expect(refused.text).toContain('did not declare');
  });

  it('refuses an answer that does not match the form', async () => {
    const { call, answer } = await client('wrong-answers', { elicitation: {} });
    for (const result of [
      { action: 'accept' },
      { action: 'accept', content: { username: 'ada' } },
      { action: 'accept', content: { ...PERSON, email: 7 } },
      { action: 'maybe' },
      'yes',
    ]) {
      const stream = await call('test_elicitation', { message: '?' });
      const question = await stream.message(({ method }) => method === 'elicitation/create');
      await answer(question['id'], result as object);
      expect((await stream.message(({ id }) => id === 1))['result']).toMatchObject({ isError: true });
    }
  });

  it('ignores an answer with an unknown id, and ends the question at an error of the client', async () => {
    const { call, answer, headers } = await client('refusing', { elicitation: {} });
    const stream = await call('test_elicitation', { message: '?' });
    const question = await stream.message(({ method }) => method === 'elicitation/create');
    expect((await answer(`${'a'.repeat(12)}.${'b'.repeat(24)}`, {})).status).toBe(202);
    const refusal = { jsonrpc: '2.0', id: question['id'], error: { code: -1, message: 'The window is closed' } };
    expect((await post(url, refusal, headers)).status).toBe(202);
    const result = await stream.message(({ id }) => id === 1);
    expect(result['result']).toMatchObject({ isError: true });
    expect(result['result'].content[0].text).toContain('The window is closed');
  });

  it('replaces the capabilities of a client at its next initialize', async () => {
    const { headers } = await client('changing', { elicitation: {} });
    await client('changing', {});
    const reply = await post(
      url,
      rpc('tools/call', { name: 'test_elicitation', arguments: { message: '?' } }),
      headers,
    );
    expect(reply.json.result).toMatchObject({ isError: true });
  });
});

describe('questions in 2026-07-28', () => {
  beforeEach(() => verifies('MCP-43'));
  let server: FixtureServer;
  let url: string;
  beforeAll(async () => {
    server = await startFixtureServer();
    url = server.url;
  });
  afterAll(() => server.close());

  const FORM = { elicitation: { form: {} } };
  const call = async (name: string, params: object = {}, capabilities: object = FORM) =>
    modern(url, 'tools/call', { name, arguments: {}, ...params }, { capabilities });
  const begin = async (name: string) => {
    const { result } = (await call(name)).json;
    expect(result).toMatchObject({ resultType: 'input_required' });
    return result as { inputRequests: Record<string, { params: object }>; requestState: string };
  };
  const yes = { confirm: { action: 'accept', content: { ok: true } } };

  it('ends the call with the question, and completes it when the answer arrives', async () => {
    const { inputRequests, requestState } = await begin('test_input_required_result_request_state');
    expect(inputRequests).toMatchObject({
      confirm: { method: 'elicitation/create', params: { mode: 'form', message: 'Please confirm' } },
    });
    const { json } = await call('test_input_required_result_request_state', { inputResponses: yes, requestState });
    expect(json.result).toMatchObject({ resultType: 'complete', content: [{ text: 'state-ok' }] });
  });

  it('refuses a state that it did not make, or made for another request', async () => {
    const { requestState } = await begin('test_input_required_result_request_state');
    const name = 'test_input_required_result_request_state';
    for (const state of [`${requestState}x`, `${requestState}=`, requestState.slice(4), '', 7, 'bogus']) {
      expect((await call(name, { inputResponses: yes, requestState: state })).json.error?.code).toBe(-32602);
    }
    const other = await call('test_input_required_result_tampered_state', { inputResponses: yes, requestState });
    expect(other.json.error?.code).toBe(-32602);
    const more = await call(name, { arguments: { more: 1 }, inputResponses: yes, requestState });
    expect(more.json.error?.code).toBe(-32602);
  });

  it('asks again when an answer is missing or wrong, or arrives without the state of the question', async () => {
    const name = 'test_input_required_result_request_state';
    const { requestState } = await begin(name);
    for (const params of [
      { requestState },
      { requestState, inputResponses: {} },
      { requestState, inputResponses: { other: yes.confirm } },
      { requestState, inputResponses: { confirm: { action: 'accept', content: { ok: 'yes' } } } },
      { inputResponses: yes },
    ]) {
      expect((await call(name, params)).json.result).toMatchObject({ resultType: 'input_required' });
    }
    for (const inputResponses of [null, 7, []]) {
      expect((await call(name, { inputResponses, requestState })).json.error?.code).toBe(-32602);
    }
  });

  it('accepts an answer once, however often it is sent, also at the same time', async () => {
    const name = 'test_input_required_result_request_state';
    const { requestState } = await begin(name);
    const send = () => call(name, { inputResponses: yes, requestState });
    const replies = [...(await Promise.all([send(), send(), send()])), await send()];
    expect(replies.filter(({ json }) => json.result?.['resultType'] === 'complete')).toHaveLength(1);
    expect(replies.filter(({ json }) => json.error?.code === -32602)).toHaveLength(3);
  });

  it('ignores answers to questions that were not asked', async () => {
    const name = 'test_input_required_result_request_state';
    const { requestState } = await begin(name);
    const inputResponses = { ...yes, unknown: { action: 'accept', content: {} } };
    expect((await call(name, { inputResponses, requestState })).json.result).toMatchObject({ resultType: 'complete' });
  });

  it('keeps the answers of earlier attempts', async () => {
    const name = 'test_input_required_result_multi_round';
    const first = await begin(name);
    const step1 = { step1: { action: 'accept', content: { name: 'Ada' } } };
    const second = (await call(name, { inputResponses: step1, requestState: first.requestState })).json.result;
    expect(Object.keys(second?.['inputRequests'])).toEqual(['step2']);
    const step2 = { step2: { action: 'accept', content: { color: 'blue' } } };
    const third = await call(name, { inputResponses: step2, requestState: second?.['requestState'] });
    expect(third.json.result?.['content'][0].text).toBe('Ada likes blue');
  });

  it('names the capability that a client must declare', async () => {
    const reply = await call('test_missing_capability', {}, {});
    expect(reply).toMatchObject({
      status: 400,
      json: { error: { code: -32021, data: { requiredCapabilities: { sampling: {} } } } },
    });
    const form = await call('test_input_required_result_request_state', {}, { sampling: {} });
    expect(form.json.error?.data).toEqual({ requiredCapabilities: { elicitation: { form: {} } } });
  });

  it('asks in prompts, too, but not in lists', async () => {
    const prompt = await modern(
      url,
      'prompts/get',
      { name: 'test_input_required_result_prompt' },
      { capabilities: FORM },
    );
    expect(prompt.json.result).toMatchObject({ resultType: 'input_required' });
    const list = await modern(url, 'tools/list', { inputResponses: {} }, { capabilities: FORM });
    expect(list.json.result).toMatchObject({ resultType: 'complete' });
  });

  it('never sends a request to the client', async () => {
    const reply = await call('test_streaming_elicitation');
    expect(messagesOf(reply).filter(({ method, id }) => method !== undefined && id !== undefined)).toEqual([]);
    expect(reply.json.result).toMatchObject({ resultType: 'input_required' });
  });
});
