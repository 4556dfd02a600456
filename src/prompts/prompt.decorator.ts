import { Injectable } from '@nestjs/common';
import type { PromptDefinition, PromptHandler } from './prompt.js';

export const PROMPT_DEFINITION = Symbol('PromptDefinition');

/** Makes a class a prompt. The server finds every provider with this decorator at start. */
export function Prompt(definition: PromptDefinition) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class may have any constructor
  return <T extends new (...args: any[]) => PromptHandler>(target: T): void => {
    Injectable()(target);
    Reflect.defineMetadata(PROMPT_DEFINITION, definition, target);
  };
}
