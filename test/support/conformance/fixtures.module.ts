import { Module } from '@nestjs/common';
import { CONTENT_TOOLS } from './content.tools.js';
import { FIXTURE_PROMPTS } from './fixture.prompts.js';
import { FIXTURE_RESOURCES } from './fixture.resources.js';
import { INPUT_REQUIRED_TOOLS, QUESTION_TOOLS } from './question.tools.js';

/** What the MCP conformance suite expects of a server. Only tests import it. */
@Module({
  providers: [...CONTENT_TOOLS, ...QUESTION_TOOLS, ...INPUT_REQUIRED_TOOLS, ...FIXTURE_RESOURCES, ...FIXTURE_PROMPTS],
})
export class ConformanceFixtures {}
