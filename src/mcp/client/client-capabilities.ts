import { isObject } from '../../common/is-object.js';

/** The requests of the server that a client supports. */
export interface ClientCapabilities {
  /** The client can show a form (elicitation). */
  readonly form: boolean;
  /** The client can open a page for the person (URL elicitation). */
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

/** The methods of requests from a server to a client. */
export type ClientMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list';

/** The capability that the client must have declared for a request. */
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

/** The declaration of a capability, as a client sends it. */
export function declarationOf(capability: keyof ClientCapabilities): object {
  return capability === 'form' || capability === 'url' ? { elicitation: { [capability]: {} } } : { [capability]: {} };
}
