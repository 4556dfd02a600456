import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { nearestNames } from '../common/nearest-names.js';
import { type ToolCall, ToolOutput, type ToolSchema } from '../tools/tool.js';
import { type ToolDescriptor, ToolRegistry } from '../tools/tool.registry.js';
import type { HandOver, InvocationOutcome } from './invocation.js';
import { InvocationPipeline } from './invocation.pipeline.js';

const log = logger('tools');
const MAX_FAULTS = 20;

export interface ToolRequest {
  readonly name: string;
  readonly arguments: object;
  /** Checks of the transport that depend on the tool's schema. They run before its own validation. Throws AppError. */
  readonly checkTransport?: (tool: ToolDescriptor) => void;
}

/** Calls a tool by its name. Throws AppError. */
@Injectable()
export class ToolInvoker {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly pipeline: InvocationPipeline,
  ) {}

  async invoke(
    request: ToolRequest,
    call: ToolCall,
    handOver?: HandOver<InvocationOutcome<ToolOutput<unknown>>>,
  ): Promise<InvocationOutcome<ToolOutput<unknown>>> {
    const { tenant, principal } = call;
    try {
      return await this.pipeline.run(
        {
          method: 'tools/call',
          requested: request.name,
          find: () => this.registry.find(tenant, request.name),
          isAllowed: tool => this.registry.mayUse(tool, principal),
          unknown: () => this.unknownTool(request.name, call),
          scopeOf: ({ descriptor }) => descriptor.scope,
          validate: tool => {
            request.checkTransport?.(tool.descriptor);
            return validate(tool.definition.input, tool.arguments.read(request.arguments));
          },
          mayChange: ({ descriptor }) => !descriptor.annotations.readOnlyHint,
          statementOf: ({ definition }, input) => definition.auditedStatement?.(input),
          targetOf: ({ definition }, input) => definition.auditedTarget?.(input),
          continuesCall: ({ definition }) => definition.continuesCall === true,
          mayTakeLong: ({ definition }) => definition.mayTakeLong === true,
          run: async ({ handler }, input, reporting) => asOutput(await handler.execute(input, asking(reporting))),
        },
        call,
        handOver && masking(handOver, call.requestId),
      );
    } catch (error) {
      throw maskForeign(error, call.requestId);
    }
  }

  private unknownTool(name: string, { tenant, principal }: ToolCall): AppError {
    const names = this.registry.forPrincipal(tenant, principal).map(descriptor => descriptor.name);
    const nearest = nearestNames(name.slice(0, 100), names, 3);
    return new AppError('UNKNOWN_TOOL', `There is no tool named ${JSON.stringify(name.slice(0, 100))}.`, {
      hint: nearest.length === 0 ? 'tools/list returns the names.' : `Did you mean ${nearest.join(' or ')}?`,
    });
  }
}

/** Replaces the errors of a call that is handed over by those that a caller may see. */
function masking<T>(handOver: HandOver<T>, requestId: string): HandOver<T> {
  const mask = (error: unknown): never => {
    throw maskForeign(error, requestId);
  };
  const { afterMs, limitMs } = handOver;
  return {
    afterMs,
    limitMs,
    take: ({ ended, detach }) => handOver.take({ ended: ended.catch(mask), detach }),
  };
}

/** A question reaches the person only while the caller waits. */
function asking<C extends ToolCall>(call: C): C {
  const { patience } = call;
  if (patience === undefined) return call;
  return { ...call, ask: (...question) => patience.attended(() => call.ask(...question)) };
}

function asOutput(output: unknown): ToolOutput<unknown> {
  return output instanceof ToolOutput ? output : new ToolOutput(output, JSON.stringify(output), true);
}

function validate(schema: ToolSchema, args: object): unknown {
  const checked = schema['~standard'].validate(args);
  return checked instanceof Promise ? checked.then(valueOf) : valueOf(checked);
}

type Checked = Awaited<ReturnType<ToolSchema['~standard']['validate']>>;

function valueOf(result: Checked): unknown {
  if (result.issues === undefined) return result.value;
  const faults = result.issues.slice(0, MAX_FAULTS).map(issue => {
    const path = (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  throw new AppError('INVALID_ARGUMENT', faults.join('; '), { details: { faults } });
}

/** The error of a custom tool may contain anything, so the caller gets a neutral message and the log has the error. */
function maskForeign(error: unknown, requestId: string): AppError {
  if (error instanceof AppError && error.expose) return error;
  log.error({ err: error, request_id: requestId }, 'a tool failed');
  return new AppError('INTERNAL', `The tool failed unexpectedly (request ${requestId}); the log has the details.`, {
    expose: true,
    cause: error,
  });
}
