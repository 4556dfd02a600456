import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';

/** The published instrumentation supports versions below NestJS 12; the two prototypes that it wraps are the same in 12. */
export class Nest12Instrumentation extends NestInstrumentation {
  override init(): ReturnType<NestInstrumentation['init']> {
    const definition = super.init();
    for (const file of definition.files) file.supportedVersions = ['>=4.0.0 <13'];
    return definition;
  }
}
