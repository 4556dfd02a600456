import type { Principal } from '../common/principal.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The context of one prompt or completion. */
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
  /** The tools that the model must use. A tenant or a person without one of them does not get the prompt. */
  readonly tools?: readonly string[];
  /** The tools whose data its completions have; `tools` by default. */
  readonly completionTools?: readonly string[];
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly content: Readonly<Record<string, unknown>> & { readonly type: string };
}

export type PromptArguments = Readonly<Record<string, string>>;

export interface PromptHandler {
  /**
   * Returns the messages. All required arguments are present. `mayUse` says whether the person has a tool, for a prompt
   * that makes use of it but doesn't need it.
   */
  get(
    args: PromptArguments,
    call: PromptCall,
    mayUse: (tool: string) => boolean,
  ): Promise<readonly PromptMessage[]> | readonly PromptMessage[];
  /** Returns values of an argument that begin with the typed text. `known` has the arguments that were filled in. */
  complete?(argument: string, typed: string, known: PromptArguments, call: PromptCall): Promise<readonly string[]>;
}

/** Makes a message of the user from one text. */
export function userText(text: string): PromptMessage {
  return { role: 'user', content: { type: 'text', text } };
}
