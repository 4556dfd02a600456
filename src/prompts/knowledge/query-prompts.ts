import { Injectable } from '@nestjs/common';
import type { VerifiedQuery } from '../../knowledge/file/definitions.js';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import type { Knowledge } from '../../knowledge/loaded-knowledge.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type FoundPrompt, PromptRegistry, type PromptSource } from '../prompt.registry.js';
import { type PromptArguments, userText } from '../prompt.js';

const NONE: readonly FoundPrompt[] = [];

/** A prompt for each verified query that is a tool of its own; who may not use the tool doesn't get the prompt. */
@Injectable()
export class QueryPrompts implements PromptSource {
  private readonly made = new WeakMap<Knowledge, readonly FoundPrompt[]>();

  constructor(
    private readonly knowledge: KnowledgeService,
    registry: PromptRegistry,
  ) {
    registry.addSource(this);
  }

  promptsOf(tenant: Tenant): readonly FoundPrompt[] {
    const knowledge = this.knowledge.of(tenant);
    if (knowledge === undefined) return NONE;
    let made = this.made.get(knowledge);
    if (made === undefined) {
      made = knowledge.definitions.queries.filter(query => query.as_tool).map(promptOf);
      this.made.set(knowledge, made);
    }
    return made;
  }
}

function promptOf({ name, title, meaning, questions, parameters = [] }: VerifiedQuery): FoundPrompt {
  return {
    definition: {
      name,
      title,
      description: meaning ?? questions[0] ?? title,
      tools: [name],
      arguments: parameters.map(({ name: argument, type, meaning: about, default: usual }) => ({
        name: argument,
        description: `${about === undefined ? '' : `${about}; `}${type}`,
        required: usual === undefined,
      })),
    },
    handler: {
      get: (given: PromptArguments) => {
        const values = Object.entries(given).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
        const withValues = values.length === 0 ? '' : ` with ${values.join(', ')}`;
        return [
          userText(
            `${questions[0] ?? title}\n\nCall the tool ${name}${withValues}. Say in the answer which definition it is, and who verified it when. If the result is truncated, say so.`,
          ),
        ];
      },
    },
  };
}
