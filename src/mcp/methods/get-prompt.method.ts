import { Injectable } from '@nestjs/common';
import type { PromptArguments, PromptDefinition } from '../../prompts/prompt.js';
import { PromptRegistry } from '../../prompts/prompt.registry.js';
import { CallFactory } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { InputRequired } from '../client/multi-round-trip.js';
import { MultiRoundTripService } from '../client/multi-round-trip.service.js';
import { isObject } from '../protocol/json-rpc.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class GetPromptMethod implements RpcMethod {
  readonly name = 'prompts/get';

  constructor(
    private readonly prompts: PromptRegistry,
    private readonly calls: CallFactory,
    private readonly rounds: MultiRoundTripService,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { name, arguments: given = {} } = context.params;
    if (typeof name !== 'string') throw invalidParams('name must be a string.');
    const prompt = this.prompts.find(name);
    if (prompt === undefined) throw invalidParams(`There is no prompt ${JSON.stringify(name.slice(0, 100))}.`);
    const args = readArguments(prompt.definition, given);
    const rounds = this.rounds.open(context);
    const call = await this.calls.make(context, rounds);
    try {
      return { description: prompt.definition.description, messages: await prompt.handler.get(args, call) };
    } catch (error) {
      if (error instanceof InputRequired && rounds !== undefined) return rounds.result();
      throw error;
    }
  }
}

function readArguments(definition: PromptDefinition, given: unknown): PromptArguments {
  if (!isObject(given)) throw invalidParams('arguments must be an object.');
  const missing = definition.arguments.filter(({ name, required }) => required && given[name] === undefined);
  if (missing.length > 0) throw invalidParams(`Missing arguments: ${missing.map(({ name }) => name).join(', ')}.`);
  const known = definition.arguments.filter(({ name }) => given[name] !== undefined);
  return Object.fromEntries(
    known.map(({ name }) => {
      const value = given[name];
      if (typeof value !== 'string') throw invalidParams(`The argument ${name} must be a string.`);
      return [name, value];
    }),
  );
}
