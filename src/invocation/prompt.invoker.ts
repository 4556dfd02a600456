import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { PromptArguments, PromptCall, PromptDefinition, PromptMessage } from '../prompts/prompt.js';
import { type FoundPrompt, PromptRegistry } from '../prompts/prompt.registry.js';
import { Authorization } from './authorization.js';
import type { InvocationOutcome } from './invocation.js';
import { InvocationPipeline } from './invocation.pipeline.js';

export interface PromptResult {
  readonly description: string;
  readonly messages: readonly PromptMessage[];
}

/** Gets a prompt by its name. Throws AppError. */
@Injectable()
export class PromptInvoker {
  constructor(
    private readonly registry: PromptRegistry,
    private readonly authorization: Authorization,
    private readonly pipeline: InvocationPipeline,
  ) {}

  invoke(
    name: string,
    given: Readonly<Record<string, unknown>>,
    call: PromptCall,
  ): Promise<InvocationOutcome<PromptResult>> {
    const { tenant, principal } = call;
    return this.pipeline.run<PromptCall, FoundPrompt, PromptArguments, PromptResult>(
      {
        method: 'prompts/get',
        requested: name,
        find: () => this.registry.find(tenant, name),
        isAllowed: ({ definition }) => this.authorization.mayUse(definition, tenant, principal),
        unknown: () => new AppError('NOT_FOUND', `There is no prompt ${JSON.stringify(name.slice(0, 100))}.`),
        scopeOf: () => 'sql:read',
        validate: ({ definition }) => readArguments(definition, given),
        mayChange: () => false,
        run: async ({ definition, handler }, args, reporting) => ({
          description: definition.description,
          messages: await handler.get(args, reporting, tool =>
            this.authorization.mayUse({ tools: [tool] }, tenant, principal),
          ),
        }),
      },
      call,
    );
  }
}

function readArguments(definition: PromptDefinition, given: Readonly<Record<string, unknown>>): PromptArguments {
  const missing = definition.arguments.filter(({ name, required }) => required && given[name] === undefined);
  if (missing.length > 0) {
    throw new AppError('INVALID_ARGUMENT', `Missing arguments: ${missing.map(({ name }) => name).join(', ')}.`);
  }
  const known = definition.arguments.filter(({ name }) => given[name] !== undefined);
  return Object.fromEntries(
    known.map(({ name }) => {
      const value = given[name];
      if (typeof value !== 'string') throw new AppError('INVALID_ARGUMENT', `The argument ${name} must be a string.`);
      return [name, value];
    }),
  );
}
