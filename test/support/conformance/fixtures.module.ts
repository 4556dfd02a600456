import { Module } from '@nestjs/common';
import { CONTENT_TOOLS } from './content.tools.js';
import { FIXTURE_PROMPTS } from './fixture.prompts.js';
import { FIXTURE_RESOURCES } from './fixture.resources.js';
import { INPUT_REQUIRED_TOOLS, QUESTION_TOOLS } from './question.tools.js';

/** The tools, resources and prompts that the MCP conformance suite needs. Only tests import this module. */
@Module({
  providers: [...CONTENT_TOOLS, ...QUESTION_TOOLS, ...INPUT_REQUIRED_TOOLS, ...FIXTURE_RESOURCES, ...FIXTURE_PROMPTS],
})
export class ConformanceFixtures {}
