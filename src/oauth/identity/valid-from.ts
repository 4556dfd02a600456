import { setTimeout as delay } from 'node:timers/promises';

/** For a person's entry: everything issued up to now is void. */
export function validFromNow(): { valid_from: string } {
  return { valid_from: new Date(Date.now()).toISOString() };
}

/** The first second whose tokens and sign-ins count. Theirs are whole seconds, so that the one of the change is void whole. */
export function firstValidSecond(validFrom: string | undefined): number {
  return validFrom === undefined ? 0 : Math.floor(Date.parse(validFrom) / 1000) + 1;
}

/** Until what is issued counts as after the change; less than a second. */
export async function nextSecond(): Promise<void> {
  await delay(1000 - (Date.now() % 1000));
}
