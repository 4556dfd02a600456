import type { StateStore } from '../state/state-store.js';
import type { ServerConfig } from '../config/server.config.js';
import { fault, type Finding, ok, warning } from './finding.js';

const PING_TIMEOUT_MS = 5_000;

export async function checkState(store: StateStore): Promise<Finding> {
  const subject = 'state store';
  const todo =
    store.kind === 'redis'
      ? 'Check STATE_STORE and that Redis is up; while it is away every request that needs a token is answered 503.'
      : 'Check that the directory in STATE_STORE is writable, and that no other process holds the file.';
  return store.ping(PING_TIMEOUT_MS).then(
    () => ok(subject, `${store.kind} answers`),
    () => fault(subject, `${store.kind} does not answer`, todo),
  );
}

export function checkStateKey({ stateKeyPrevious }: Pick<ServerConfig, 'stateKeyPrevious'>): readonly Finding[] {
  if (stateKeyPrevious === undefined) return [];
  return [
    warning(
      'state key',
      'STATE_KEY_PREVIOUS is set: STATE_KEY is being rotated, and both keys open the state',
      'Finish the rotation as docs/operations.md says under "Rotate the state key", and remove STATE_KEY_PREVIOUS.',
    ),
  ];
}
