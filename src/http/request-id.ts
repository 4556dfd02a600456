import { randomUUID } from 'node:crypto';

const ids = new WeakMap<object, string>();

/** The id by which a person names a request, and by which the log and the audit trail have it. */
export function requestIdOf(req: object): string {
  let id = ids.get(req);
  if (id === undefined) ids.set(req, (id = randomUUID()));
  return id;
}
