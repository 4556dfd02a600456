import * as z from 'zod';
import type { Answer, FormSchema } from '../../../src/tools/tool.js';
import { clientRequests } from '../../../src/mcp/client/call.factory.js';
import { fixtureTool, NO_INPUT, text } from './fixture.js';

const form = (message: string, name: string, type = 'string') => ({
  message,
  requestedSchema: { type: 'object', properties: { [name]: { type } }, required: [name] },
});
const sample = (prompt: string, maxTokens = 100) => ({
  messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
  maxTokens,
});
const contentOf = (answer: unknown): Readonly<Record<string, unknown>> => {
  const { action, ...rest } = answer as Answer;
  return action === 'accept' ? (rest as { content: Readonly<Record<string, unknown>> }).content : {};
};
const sampled = (answer: unknown): string => (answer as { content: { text: string } }).content.text;

const DEFAULTS: FormSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'User name', default: 'John Doe' },
    age: { type: 'integer', description: 'User age', default: 30 },
    score: { type: 'number', description: 'User score', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', description: 'Verification status', default: true },
  },
  required: [],
};

const titled = (noun: string) =>
  ['First', 'Second', 'Third'].map((nth, i) => ({ const: `value${i + 1}`, title: `${nth} ${noun}` }));
const ENUMS: FormSchema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  },
  required: [],
};

const completed = (answer: Answer) =>
  text(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(contentOf(answer))}`);

export const QUESTION_TOOLS = [
  fixtureTool('test_sampling', z.strictObject({ prompt: z.string() }), async ({ prompt }, call) => [
    text(
      `LLM response: ${sampled(await clientRequests(call).request('answer', 'sampling/createMessage', sample(prompt)))}`,
    ),
  ]),
  fixtureTool('test_elicitation', z.strictObject({ message: z.string() }), async ({ message }, call) => {
    const property = (description: string) => ({ type: 'string', description });
    const schema: FormSchema = {
      type: 'object',
      properties: { username: property("User's response"), email: property("User's email address") },
      required: ['username', 'email'],
    };
    const answer = await call.ask('person', schema, message);
    return [text(`User response: action: ${answer.action}, content: ${JSON.stringify(contentOf(answer))}`)];
  }),
  fixtureTool('test_elicitation_sep1034_defaults', NO_INPUT, async (_args, call) => [
    completed(await call.ask('defaults', DEFAULTS, 'Please review and update the form fields with defaults')),
  ]),
  fixtureTool('test_elicitation_sep1330_enums', NO_INPUT, async (_args, call) => [
    completed(await call.ask('enums', ENUMS, 'Please select options from the enum fields')),
  ]),
  fixtureTool('test_missing_capability', NO_INPUT, async (_args, call) => [
    text(sampled(await clientRequests(call).request('needed', 'sampling/createMessage', sample('Anything')))),
  ]),
  fixtureTool('test_streaming_elicitation', NO_INPUT, async (_args, call) => {
    const answer = await clientRequests(call).request('name', 'elicitation/create', form('What is your name?', 'name'));
    return [text(`Hello, ${String(contentOf(answer).name)}!`)];
  }),
  fixtureTool('test_url_elicitation', NO_INPUT, async (_args, call) => {
    const answer = await clientRequests(call).request('page', 'elicitation/create', {
      mode: 'url',
      message: 'Please sign in',
      elicitationId: 'e1',
      url: 'https://example.com/sign-in',
    });
    return [text(`The person chose: ${(answer as Answer).action}`)];
  }),
];

export const INPUT_REQUIRED_TOOLS = [
  fixtureTool('test_input_required_result_elicitation', NO_INPUT, async (_args, call) => {
    const answer = await clientRequests(call).request(
      'user_name',
      'elicitation/create',
      form('What is your name?', 'name'),
    );
    return [text(`Hello, ${String(contentOf(answer).name)}!`)];
  }),
  fixtureTool('test_input_required_result_sampling', NO_INPUT, async (_args, call) => {
    const question = sample('What is the capital of France?');
    return [text(sampled(await clientRequests(call).request('capital_question', 'sampling/createMessage', question)))];
  }),
  fixtureTool('test_input_required_result_list_roots', NO_INPUT, async (_args, call) => [
    text(`Roots: ${JSON.stringify(await clientRequests(call).request('client_roots', 'roots/list', {}))}`),
  ]),
  fixtureTool('test_input_required_result_request_state', NO_INPUT, async (_args, call) => {
    await call.ask(
      'confirm',
      { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      'Please confirm',
    );
    return [text('state-ok')];
  }),
  fixtureTool('test_input_required_result_multiple_inputs', NO_INPUT, async (_args, call) => {
    const client = clientRequests(call);
    const [name, greeting, roots] = await Promise.all([
      client.request('user_name', 'elicitation/create', form('What is your name?', 'name')),
      client.request('greeting', 'sampling/createMessage', sample('Generate a greeting', 50)),
      client.request('client_roots', 'roots/list', {}),
    ]);
    return [text(`${sampled(greeting)} ${String(contentOf(name).name)} ${JSON.stringify(roots)}`)];
  }),
  fixtureTool('test_input_required_result_multi_round', NO_INPUT, async (_args, call) => {
    const string = (name: string): FormSchema => ({
      type: 'object',
      properties: { [name]: { type: 'string' } },
      required: [name],
    });
    const first = await call.ask('step1', string('name'), 'Step 1: What is your name?');
    const second = await call.ask('step2', string('color'), 'Step 2: What is your favorite color?');
    return [text(`${String(contentOf(first).name)} likes ${String(contentOf(second).color)}`)];
  }),
  fixtureTool('test_input_required_result_tampered_state', NO_INPUT, async (_args, call) => {
    await call.ask(
      'confirm',
      { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      'Please confirm',
    );
    return [text('confirmed')];
  }),
  fixtureTool('test_input_required_result_capabilities', NO_INPUT, async (_args, call) => {
    const client = clientRequests(call);
    const answers = await Promise.all([
      ...(client.capabilities.form
        ? [client.request('user_name', 'elicitation/create', form('What is your name?', 'name'))]
        : []),
      ...(client.capabilities.sampling ? [client.request('greeting', 'sampling/createMessage', sample('Greet'))] : []),
    ]);
    return [text(`${answers.length} answers`)];
  }),
];
