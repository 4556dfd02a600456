import { setTimeout as delay } from 'node:timers/promises';

/** For a user's entry: everything that was issued up to now is void. */
export function validFromNow(): { valid_from: string } {
  return { valid_from: new Date(Date.now()).toISOString() };
}

/**
 * The first second whose tokens and sign-ins are valid. Their times are whole seconds, so the second of the change is
 * void.
 */
export function firstValidSecond(validFrom: string | undefined): number {
  return validFrom === undefined ? 0 : Math.floor(Date.parse(validFrom) / 1000) + 1;
}

/** Waits (less than a second) until what is issued is valid after the change. */
export async function nextSecond(): Promise<void> {
  await delay(1000 - (Date.now() % 1000));
}
