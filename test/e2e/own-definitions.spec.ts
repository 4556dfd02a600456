import { type DynamicModule, Inject, Injectable, Scope } from '@nestjs/common';
import { ListToolsResultSchema } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import {
  ChangesService,
  McpModule,
  Prompt,
  Resource,
  ResourceTemplate,
  Tool,
  type ToolCall,
} from '../../src/public-api.js';
import { startFixtureServer } from '../support/conformance/fixture-server.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest, post, rpc } from '../support/conformance/wire.js';
import { verifies } from '../support/verifies.js';

type Class = new () => object;

const EMPTY = z.strictObject({});
const TOOL = { name: 'own', title: 'Own', description: 'Own', scope: 'sql:read', readOnly: true };
const RESOURCE = { name: 'own', title: 'Own', description: 'Own', mimeType: 'text/plain', scope: 'sql:read' };
const PROMPT = { name: 'own', title: 'Own', description: 'Own', arguments: [] };

// Definitions with mistakes. Most would not compile without the casts, but plain JavaScript can have them.
function tool(definition: object, answer: unknown = {}): Class {
  class OwnTool {
    async execute(): Promise<unknown> {
      return answer;
    }
  }
  Tool({ ...TOOL, input: EMPTY, output: EMPTY, ...definition } as never)(OwnTool as never);
  return OwnTool;
}

function resource(definition: object): Class {
  class OwnResource {
    async read(): Promise<[]> {
      return [];
    }
  }
  Resource({ uri: 'own://thing', ...RESOURCE, ...definition } as never)(OwnResource);
  return OwnResource;
}

function template(uriTemplate: string): Class {
  class OwnTemplate {
    async read(): Promise<[]> {
      return [];
    }
  }
  ResourceTemplate({ uriTemplate, ...RESOURCE, scope: 'sql:read' })(OwnTemplate);
  return OwnTemplate;
}

function prompt(definition: object): Class {
  class OwnPrompt {
    get(): [] {
      return [];
    }
  }
  Prompt({ ...PROMPT, ...definition } as never)(OwnPrompt);
  return OwnPrompt;
}

function inScope(scope: Scope, made: Class): Class {
  Injectable({ scope })(made);
  return made;
}

function moduleOf(...providers: Class[]): DynamicModule {
  return { module: class OwnModule {}, imports: [McpModule], providers };
}

describe('definitions of a team’s own', () => {
  it.each<[string, Class[], RegExp]>([
    ['the same name twice', [tool({}), tool({})], /two tools are named "own"; one is OwnTool/],
    ['the name of a built-in tool', [tool({ name: 'execute_sql' })], /two tools are named "execute_sql"/],
    ['a bad name', [tool({ name: 'my tool' })], /"my tool" must have a name of 1 to 64 characters/],
    ['no input', [tool({ input: undefined })], /"own" must have an input that is a Standard Schema/],
    ['a plain JSON Schema', [tool({ output: { type: 'object' } })], /"own" must have an output that is a Standard/],
    ['a list as output', [tool({ output: z.array(z.string()) })], /"own" has an output that is not an object/],
    ['a text as input', [tool({ input: z.string() })], /"own" has an input that is not an object/],
    [
      'a date in its output',
      [tool({ output: z.strictObject({ at: z.date() }) })],
      /an output without a JSON Schema: .*Date/,
    ],
    ['an unknown scope', [tool({ scope: 'sql:admin' })], /"own" must have the scope sql:read or sql:write/],
    ['no description', [tool({ description: ' ' })], /"own" has no description/],
    ['a mistake in one tenant', [tool({ forTenant: () => ({ input: z.string() }) })], /an input that is not an object/],
    ['request scope', [inScope(Scope.REQUEST, tool({}))], /OwnTool must have Nest's default scope/],
    ['transient scope', [inScope(Scope.TRANSIENT, resource({}))], /OwnResource must have Nest's default scope/],
    ['a URI twice', [resource({}), resource({})], /two resources have the URI own:\/\/thing/],
    ['no URI', [resource({ uri: 'thing' })], /OwnResource has no absolute URI/],
    [
      'a template twice',
      [template('own://a/{b}'), template('own://a/{b}')],
      /two resource templates have the URI template own:\/\/a\/\{b\}/,
    ],
    ['a path expression', [template('own://a/{+path}')], /no other variables than \{name\}/],
    ['a variable twice', [template('own://{a}/{a}')], /has a variable twice/],
    ['no variable', [template('own://a')], /has no variable/],
    ['a prompt twice', [prompt({ name: 'write_query' })], /two prompts are named "write_query"/],
    ['no arguments', [prompt({ arguments: undefined })], /the prompt "own" of OwnPrompt has no list of arguments/],
    ['an argument twice', [prompt({ arguments: [{ name: 'a' }, { name: 'a' }] })], /two arguments with the same name/],
  ])('with %s make the start fail', async (_name, providers, fault) => {
    await expect(startFixtureServer({}, [moduleOf(...providers)])).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(fault),
    });
  });

  it('are reported with all their faults at once', async () => {
    const wrong = [tool({ name: 'a b', title: '', input: undefined }), tool({ name: 'c d' })];
    await expect(startFixtureServer({}, [moduleOf(...wrong)])).rejects.toThrow(
      /"a b" must have a name[^]*"a b" has no title[^]*"a b" must have an input[^]*"c d" must have a name/,
    );
  });

  it('can notify subscribers that a resource has changed', async () => {
    verifies('MCP-42');
    class OwnChange {
      constructor(private readonly changes: ChangesService) {}

      async execute(_input: object, { tenant }: ToolCall): Promise<object> {
        await this.changes.resourceUpdated(tenant.name, 'own://thing');
        return {};
      }
    }
    Tool({ ...TOOL, input: EMPTY, output: EMPTY } as never)(OwnChange as never);
    Inject(ChangesService)(OwnChange, undefined, 0);
    const server = await startFixtureServer({}, [moduleOf(resource({}), OwnChange as never)]);
    const { body, headers } = modernRequest('subscriptions/listen', {
      notifications: { resourceSubscriptions: ['own://thing'] },
    });
    const stream = await OpenStream.open(
      server.url,
      { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      JSON.stringify(body),
    );
    try {
      await post(server.url, rpc('tools/call', { name: 'own' }));
      const message = await stream.message(({ method }) => method === 'notifications/resources/updated');
      expect(message['params']).toMatchObject({ uri: 'own://thing' });
    } finally {
      stream.close();
      await server.close();
    }
  });

  it('may return one of several objects, and the output schema says that it is an object', async () => {
    verifies('MCP-33', 'MCP-35');
    const output = z.union([z.strictObject({ found: z.string() }), z.strictObject({ missing: z.string() })]);
    const server = await startFixtureServer({}, [moduleOf(tool({ output }, { missing: 'x' }))]);
    try {
      const { result } = (await post(server.url, rpc('tools/list'))).json;
      // The official client reads the list with this schema, and one wrong tool makes the whole list fail.
      const { tools } = ListToolsResultSchema.parse(result);
      expect(tools.find(({ name }) => name === 'own')?.outputSchema).toMatchObject({
        type: 'object',
        anyOf: [{ type: 'object' }, { type: 'object' }],
      });
      const reply = await post(server.url, rpc('tools/call', { name: 'own' }));
      expect(reply.json.result).toMatchObject({ structuredContent: { missing: 'x' } });
    } finally {
      await server.close();
    }
  });
});
