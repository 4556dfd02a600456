import { rule } from '../validation/setting.decorators.js';

/** `/demo` → `demo`. Matched exactly, case included. */
const TENANT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62})$/;
/** The first segments of the server's own paths, which a tenant of that name would hide. */
const OWN_PATHS: ReadonlySet<string> = new Set([
  ...['sse', 'mcp', 'messages', 'health', 'docs', 'account', 'login', 'interaction'],
  ...['authorize', 'token', 'register', 'revoke', 'introspect', 'jwks', 'metrics'],
]);

/** ENVIRONMENT_PATH: the single tenant takes the path that a trusted proxy names. */
export const FROM_PROXY = 'from-proxy';

/** Whether a file, the environment or a proxy's header may give a tenant this name. */
export function isTenantName(name: string): boolean {
  return TENANT_NAME.test(name) && !OWN_PATHS.has(name);
}

/** `/demo`. */
export function IsTenantPath(): PropertyDecorator {
  return rule(
    'isTenantPath',
    value => typeof value === 'string' && value.startsWith('/') && isTenantName(value.slice(1)),
    'must be a path like /demo: 1 to 63 of a-z, 0-9 and "-", and none of the server\'s own (/health, /sse …)',
  );
}

/** `/demo`, or `from-proxy`. */
export function IsEnvironmentPath(): PropertyDecorator {
  return rule(
    'isEnvironmentPath',
    value =>
      value === FROM_PROXY || (typeof value === 'string' && value.startsWith('/') && isTenantName(value.slice(1))),
    'must be a path like /demo (1 to 63 of a-z, 0-9 and "-", and none of the server\'s own: /health, /sse …), or from-proxy',
  );
}
