import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { PromptCall } from '../prompts/prompt.js';
import type { Tenant } from '../tenancy/tenant.js';
import { PromptRegistry } from '../prompts/prompt.registry.js';
import { ResourceRegistry } from '../resources/resource.registry.js';
import { Authorization, type NeedsTools } from './authorization.js';
import type { InvocationOutcome } from './invocation.js';
import { InvocationPipeline } from './invocation.pipeline.js';

/** The prompt with the argument to complete, or the resource template with the variable. */
export type CompletionReference =
  { readonly type: 'ref/prompt'; readonly name: string } | { readonly type: 'ref/resource'; readonly uri: string };

export interface CompletionRequest {
  readonly reference: CompletionReference;
  readonly argument: string;
  /** The text that the person has typed so far. The audit trail does not record it. */
  readonly typed: string;
  /** The arguments that were filled in before. */
  readonly known: Readonly<Record<string, string>>;
}

interface Completable {
  readonly definition: NeedsTools;
  complete?(
    argument: string,
    typed: string,
    known: Readonly<Record<string, string>>,
    call: PromptCall,
  ): Promise<readonly string[]>;
}

/** Completes the text that a person types into an argument. Throws AppError. */
@Injectable()
export class CompletionInvoker {
  constructor(
    private readonly prompts: PromptRegistry,
    private readonly resources: ResourceRegistry,
    private readonly authorization: Authorization,
    private readonly pipeline: InvocationPipeline,
  ) {}

  invoke(request: CompletionRequest, call: PromptCall): Promise<InvocationOutcome<readonly string[]>> {
    const { tenant, principal } = call;
    const { reference, argument, typed, known } = request;
    const isPrompt = reference.type === 'ref/prompt';
    return this.pipeline.run<PromptCall, Completable, undefined, readonly string[]>(
      {
        method: 'completion/complete',
        requested: `${isPrompt ? reference.name : reference.uri} ${argument.slice(0, 100)}`,
        find: () => (isPrompt ? this.promptOf(tenant, reference.name) : this.resourceOf(reference.uri)),
        isAllowed: ({ definition }) => this.authorization.mayUse(definition, tenant, principal),
        unknown: () =>
          new AppError('NOT_FOUND', isPrompt ? 'ref names an unknown prompt.' : 'ref names an unknown resource.'),
        // Completion returns names from the database, which are data, too.
        scopeOf: () => 'sql:read',
        validate: () => undefined,
        mayChange: () => false,
        run: async ({ definition, complete }, _input, reporting) =>
          complete !== undefined && this.authorization.mayComplete(definition, tenant, principal)
            ? complete(argument, typed, known, reporting).catch(nothing)
            : [],
        bytesOf: values => values.reduce((sum, value) => sum + value.length, 0),
      },
      call,
    );
  }

  private promptOf(tenant: Tenant, name: string): Completable | undefined {
    const prompt = this.prompts.find(tenant, name);
    return prompt && completableOf(prompt.definition, prompt.handler);
  }

  private resourceOf(uri: string): Completable | undefined {
    const template = this.resources.findTemplate(uri);
    return template === undefined ? this.resources.find(uri) : completableOf(template.definition, template.handler);
  }
}

function completableOf(definition: NeedsTools, handler: Pick<Completable, 'complete'>): Completable {
  return { definition, complete: handler.complete?.bind(handler) };
}

/** A name that is typed only in part often does not exist, which is not an error. */
function nothing(error: unknown): readonly string[] {
  if (error instanceof AppError && (error.code === 'UNKNOWN_TABLE' || error.code === 'AMBIGUOUS_TABLE')) return [];
  throw error;
}
