import { Prompt } from '../../../src/prompts/prompt.decorator.js';
import { type PromptArguments, type PromptCall, type PromptHandler, userText } from '../../../src/prompts/prompt.js';
import type { Answer } from '../../../src/tools/tool.js';
import { clientRequests } from '../../../src/mcp/client/call.factory.js';
import { PNG } from './fixture.js';

@Prompt({ name: 'test_simple_prompt', title: 'Simple', description: 'A prompt without arguments', arguments: [] })
class SimplePrompt implements PromptHandler {
  get() {
    return [userText('This is a simple prompt for testing.')];
  }
}

@Prompt({
  name: 'test_prompt_with_arguments',
  title: 'Arguments',
  description: 'A prompt with arguments',
  arguments: [
    { name: 'arg1', description: 'First test argument', required: true },
    { name: 'arg2', description: 'Second test argument', required: true },
  ],
})
class ArgumentsPrompt implements PromptHandler {
  get({ arg1 = '', arg2 = '' }: PromptArguments) {
    return [userText(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)];
  }

  async complete(_argument: string, typed: string) {
    const words = Array.from({ length: 150 }, (_, i) => `paris${i}`);
    return words.filter(word => word.startsWith(typed));
  }
}

@Prompt({
  name: 'test_prompt_with_embedded_resource',
  title: 'Embedded resource',
  description: 'A prompt that carries a resource',
  arguments: [{ name: 'resourceUri', description: 'URI of the resource to embed', required: true }],
})
class EmbeddedResourcePrompt implements PromptHandler {
  get({ resourceUri = '' }: PromptArguments) {
    const resource = { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
    return [
      { role: 'user', content: { type: 'resource', resource } } as const,
      userText('Please process the embedded resource above.'),
    ];
  }
}

@Prompt({ name: 'test_prompt_with_image', title: 'Image', description: 'A prompt with a picture', arguments: [] })
class ImagePrompt implements PromptHandler {
  get() {
    return [
      { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } } as const,
      userText('Please analyze the image above.'),
    ];
  }
}

@Prompt({
  name: 'test_input_required_result_prompt',
  title: 'Question',
  description: 'A prompt that asks the person first',
  arguments: [],
})
class InputRequiredPrompt implements PromptHandler {
  async get(_args: PromptArguments, call: PromptCall) {
    const answer = await clientRequests(call).request('user_context', 'elicitation/create', {
      message: 'What context should the prompt use?',
      requestedSchema: { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] },
    });
    return [userText(`Context: ${JSON.stringify((answer as Answer & { content?: unknown }).content)}`)];
  }
}

export const FIXTURE_PROMPTS = [
  SimplePrompt,
  ArgumentsPrompt,
  EmbeddedResourcePrompt,
  ImagePrompt,
  InputRequiredPrompt,
];
