import { AppError } from '../../common/app-error.js';
import { PlanExplainer } from '../../plans/plan-explainer.js';
import { PLAN_URI } from '../../plans/plan-uri.js';
import { ResourceTemplate } from '../resource.decorator.js';
import type { ResourceCall, ResourceContents, ResourceTemplateHandler } from '../resource.js';

@ResourceTemplate({
  uriTemplate: PLAN_URI,
  name: 'plan',
  title: 'Execution plan',
  description: 'A plan that explain_query made in the last hour, as showplan XML without values.',
  mimeType: 'application/xml',
  scope: 'sql:read',
  tools: ['explain_query'],
})
export class PlanResource implements ResourceTemplateHandler {
  constructor(private readonly explainer: PlanExplainer) {}

  async read(
    uri: string,
    { id = '' }: Readonly<Record<string, string>>,
    call: ResourceCall,
  ): Promise<readonly ResourceContents[]> {
    const plans = await this.explainer.fetch(id, call);
    if (plans === undefined) {
      throw new AppError('NOT_FOUND', 'There is no such plan, or it was made more than an hour ago.', {
        hint: 'Call explain_query again.',
      });
    }
    return plans.map(text => ({ uri, mimeType: 'application/xml', text }));
  }
}
