import type { Principal } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The surroundings of one prompt or completion. */
export interface PromptCall {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface PromptArgument {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly required: boolean;
}

export interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** The tools that it tells the model to use: a tenant or a person without one of them doesn't get the prompt either. */
  readonly tools?: readonly string[];
  /** The tools whose data its completions tell; as `tools` when left out. */
  readonly completionTools?: readonly string[];
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly content: Readonly<Record<string, unknown>> & { readonly type: string };
}

export type PromptArguments = Readonly<Record<string, string>>;

export interface PromptHandler {
  /** Required arguments are present. */
  get(args: PromptArguments, call: PromptCall): Promise<readonly PromptMessage[]> | readonly PromptMessage[];
  /** Values for an argument that begin with what was typed; `known` are arguments filled in before. */
  complete?(argument: string, typed: string, known: PromptArguments, call: PromptCall): Promise<readonly string[]>;
}

/** A prompt that is one text of the person's. */
export function userText(text: string): PromptMessage {
  return { role: 'user', content: { type: 'text', text } };
}
