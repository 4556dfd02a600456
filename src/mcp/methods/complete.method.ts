import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { hasScope } from '../../common/principal.js';
import { PromptRegistry } from '../../prompts/prompt.registry.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { CallFactory, type McpCall } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { isObject } from '../protocol/json-rpc.js';
import { invalidParams } from '../protocol/rpc.error.js';
import { MAX_COMPLETIONS } from '../protocol/limits.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

type Completer = (
  name: string,
  typed: string,
  known: Readonly<Record<string, string>>,
  call: McpCall,
) => Promise<readonly string[]>;

const NONE: Completer = async () => [];

@Injectable()
export class CompleteMethod implements RpcMethod {
  readonly name = 'completion/complete';

  constructor(
    private readonly prompts: PromptRegistry,
    private readonly resources: ResourceRegistry,
    private readonly calls: CallFactory,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { argument, context: known } = context.params;
    if (!isObject(argument) || typeof argument.name !== 'string' || typeof argument.value !== 'string') {
      throw invalidParams('argument must have a name and a value.');
    }
    const completer = this.completerOf(context.params.ref);
    const call = await this.calls.make(context, undefined);
    // Names of the database are data of the database.
    const permitted = hasScope(context.caller.principal.scopes, 'sql:read');
    const found = permitted
      ? await completer(argument.name, argument.value, stringsOf(known), call).catch(nothing)
      : [];
    return {
      completion: {
        values: found.slice(0, MAX_COMPLETIONS),
        total: found.length,
        hasMore: found.length > MAX_COMPLETIONS,
      },
    };
  }

  private completerOf(ref: unknown): Completer {
    if (isObject(ref) && ref.type === 'ref/prompt' && typeof ref.name === 'string') {
      const prompt = this.prompts.find(ref.name)?.handler;
      if (prompt === undefined) throw invalidParams('ref names no prompt.');
      return prompt.complete?.bind(prompt) ?? NONE;
    }
    if (isObject(ref) && ref.type === 'ref/resource' && typeof ref.uri === 'string') {
      const template = this.resources.findTemplate(ref.uri);
      if (template !== undefined) return template.complete?.bind(template) ?? NONE;
      if (this.resources.find(ref.uri) === undefined) throw invalidParams('ref names no resource or template.');
      return NONE;
    }
    throw invalidParams('ref must be a ref/prompt with a name, or a ref/resource with a uri.');
  }
}

function stringsOf(context: unknown): Readonly<Record<string, string>> {
  const given = isObject(context) && isObject(context.arguments) ? context.arguments : {};
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Half-typed names lead nowhere often: that is no error. */
function nothing(error: unknown): readonly string[] {
  if (error instanceof AppError && (error.code === 'UNKNOWN_TABLE' || error.code === 'AMBIGUOUS_TABLE')) return [];
  throw error;
}
