import { isObject } from '../protocol/json-rpc.js';

/** Which serverRequests a client takes. */
export interface ClientCapabilities {
  /** Elicitation by a form. */
  readonly form: boolean;
  /** Elicitation by a page the person opens. */
  readonly url: boolean;
  readonly sampling: boolean;
  readonly roots: boolean;
}

export const NO_CAPABILITIES: ClientCapabilities = { form: false, url: false, sampling: false, roots: false };

export function readCapabilities(value: unknown): ClientCapabilities {
  if (!isObject(value)) return NO_CAPABILITIES;
  const { elicitation } = value;
  return {
    // "An empty object is equivalent to declaring form" (2025-11-25 client/elicitation).
    form: isObject(elicitation) && (isObject(elicitation.form) || elicitation.url === undefined),
    url: isObject(elicitation) && isObject(elicitation.url),
    sampling: isObject(value.sampling),
    roots: isObject(value.roots),
  };
}

/** The methods that a server may call at a client. */
export type ClientMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list';

/** What the client must have declared for it. */
export function capabilityFor(
  method: ClientMethod,
  params: Readonly<Record<string, unknown>>,
): keyof ClientCapabilities {
  switch (method) {
    case 'elicitation/create':
      return params.mode === 'url' ? 'url' : 'form';
    case 'sampling/createMessage':
      return 'sampling';
    case 'roots/list':
      return 'roots';
    default:
      return method satisfies never;
  }
}

/** The capability as the client would have to declare it. */
export function declarationOf(capability: keyof ClientCapabilities): object {
  return capability === 'form' || capability === 'url' ? { elicitation: { [capability]: {} } } : { [capability]: {} };
}
