import { AppError } from '../../common/app-error.js';
import { SLOW_PLAN_URI } from '../../plans/slow/slow-statement.js';
import { SlowStatements } from '../../plans/slow/slow-statements.js';
import { ResourceTemplate } from '../resource.decorator.js';
import type { ResourceCall, ResourceContents, ResourceTemplateHandler } from '../resource.js';

@ResourceTemplate({
  uriTemplate: SLOW_PLAN_URI,
  name: 'slow_plan',
  title: 'Plan of a slow query',
  description: 'The plan of a statement that slow_queries lists, as showplan XML without values.',
  mimeType: 'application/xml',
  scope: 'sql:read',
  tools: ['slow_queries'],
})
export class SlowPlanResource implements ResourceTemplateHandler {
  constructor(private readonly slow: SlowStatements) {}

  async read(
    uri: string,
    { source = '', key = '' }: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly ResourceContents[]> {
    const text =
      source === 'query_store' || source === 'plan_cache' ? await this.slow.plan(source, key, call) : undefined;
    if (text === undefined) {
      throw new AppError('NOT_FOUND', 'The database does not have this plan, or no longer has it.', {
        hint: 'Call slow_queries again.',
      });
    }
    return [{ uri, mimeType: 'application/xml', text }];
  }
}
