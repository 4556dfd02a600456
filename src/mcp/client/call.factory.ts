import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Answer, LoggingLevel, ToolCall } from '../../tools/tool.js';
import { readAnswer } from './client-answer.js';
import {
  capabilityFor,
  type ClientCapabilities,
  type ClientMethod,
  declarationOf,
  readCapabilities,
} from './client-capabilities.js';
import { type ClientFacts, McpClientRegistry } from './mcp-client-registry.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { MultiRoundTrip } from './multi-round-trip.js';
import { notificationMessage } from '../protocol/json-rpc.js';
import { ProgressReporter } from './progress-reporter.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { isLoggingLevel, isAtLeast } from './log-levels.js';
import { ServerRequests } from './server-requests.js';
import { META_CAPABILITIES, META_LOG_LEVEL } from '../protocol/envelope.js';

const CLIENT_REQUESTS = Symbol('ClientRequests');

/** Requests to the client beyond `ask`: any that MCP defines. Each resolves with the client's result as it was sent. */
export interface ClientRequests {
  readonly capabilities: ClientCapabilities;
  request(key: string, method: ClientMethod, params: object): Promise<unknown>;
}

export type McpCall = ToolCall & { readonly [CLIENT_REQUESTS]: ClientRequests };

/** The requests that a tool, a prompt or a resource can send to the client through its `call`. */
export function clientRequests(call: object): ClientRequests {
  return (call as McpCall)[CLIENT_REQUESTS];
}

/** Makes the call object that a tool, a prompt or a resource gets. */
@Injectable()
export class CallFactory {
  constructor(
    private readonly clients: McpClientRegistry,
    private readonly serverRequests: ServerRequests,
  ) {}

  /** Returns the call at once if the facts about the client are in memory. */
  make(context: RequestContext, roundTrip: MultiRoundTrip | undefined): McpCall | Promise<McpCall> {
    if (context.revision.envelope) return this.build(context, roundTrip, factsOf(context));
    const facts = this.clients.facts(context.caller.clientKey);
    return facts instanceof Promise
      ? facts.then(known => this.build(context, roundTrip, known))
      : this.build(context, roundTrip, facts);
  }

  private build(
    context: RequestContext,
    roundTrip: MultiRoundTrip | undefined,
    facts: Pick<ClientFacts, 'capabilities'> & { readonly logLevel: LoggingLevel | undefined },
  ): McpCall {
    const { caller } = context;
    const reachable = roundTrip !== undefined || context.sink.open;
    const capabilities = reachable ? facts.capabilities : readCapabilities(undefined);
    const request = async (key: string, method: ClientMethod, params: object, bound: boolean): Promise<unknown> => {
      const needed = capabilityFor(method, params as Readonly<Record<string, unknown>>);
      if (!capabilities[needed]) throw missing(context, needed);
      if (roundTrip !== undefined) return roundTrip.answerTo(key, method, params, bound);
      const answer = readAnswer(method, params, await this.serverRequests.ask(context, method, params));
      if (answer === undefined) throw new AppError('BAD_REQUEST', "The client's answer does not fit the question.");
      return answer;
    };
    return {
      principal: caller.principal,
      tenant: caller.tenant,
      requestId: randomUUID(),
      certificate: caller.certificate,
      signal: context.signal,
      progress: ProgressReporter.of(context),
      log: (level, data) => {
        if (context.finished || facts.logLevel === undefined || !isAtLeast(level, facts.logLevel)) return;
        context.sink.send(notificationMessage('notifications/message', { level, logger: 'mssql', data }));
      },
      canAsk: capabilities.form,
      ask: async (key, schema, message) =>
        (await request(
          key,
          'elicitation/create',
          { mode: context.revision.urlElicitation ? 'form' : undefined, message, requestedSchema: schema },
          true,
        )) as Answer,
      [CLIENT_REQUESTS]: {
        capabilities,
        request: (key, method, params) => request(key, method, params, false),
      },
    };
  }
}

/** Reads the facts that 2026-07-28 repeats in every request. Without a level the client gets no log messages. */
function factsOf(context: RequestContext): { capabilities: ClientCapabilities; logLevel: LoggingLevel | undefined } {
  const level = context.meta[META_LOG_LEVEL];
  if (level !== undefined && !isLoggingLevel(level)) {
    throw new RpcError(RPC.invalidParams, `${META_LOG_LEVEL} is not a level.`, 400);
  }
  return { capabilities: readCapabilities(context.meta[META_CAPABILITIES]), logLevel: level };
}

function missing(context: RequestContext, capability: keyof ClientCapabilities): AppError {
  const message = `The client did not declare the capability "${capability}", which this call needs.`;
  return context.revision.envelope
    ? new RpcError(RPC.missingCapability, message, 400, { requiredCapabilities: declarationOf(capability) })
    : new AppError('BAD_REQUEST', message);
}
