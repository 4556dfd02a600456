import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { ResourceCall, ResourceContents } from '../resources/resource.js';
import { type FoundResource, ResourceRegistry } from '../resources/resource.registry.js';
import { Authorization } from './authorization.js';
import type { InvocationOutcome } from './invocation.js';
import { InvocationPipeline } from './invocation.pipeline.js';

/** Reads a resource by its URI. Throws AppError, NOT_FOUND also for a resource that the person may not know about. */
@Injectable()
export class ResourceInvoker {
  constructor(
    private readonly registry: ResourceRegistry,
    private readonly authorization: Authorization,
    private readonly pipeline: InvocationPipeline,
  ) {}

  invoke(uri: string, call: ResourceCall): Promise<InvocationOutcome<readonly ResourceContents[]>> {
    const { tenant, principal } = call;
    return this.pipeline.run<ResourceCall, FoundResource, undefined, readonly ResourceContents[]>(
      {
        method: 'resources/read',
        requested: uri,
        find: () => this.registry.find(uri),
        isAllowed: ({ definition }) => this.authorization.mayUse(definition, tenant, principal),
        unknown: () => new AppError('NOT_FOUND', 'Resource not found'),
        scopeOf: ({ definition }) => definition.scope,
        validate: () => undefined,
        mayChange: () => false,
        run: (found, _input, reporting) => found.read(reporting),
        bytesOf: contents => contents.reduce((sum, item) => sum + (item.text ?? item.blob ?? '').length, 0),
      },
      call,
    );
  }
}
