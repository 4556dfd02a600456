import { argon2 as argon2Callback, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../../common/app-error.js';

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
/** RFC 9106 §3.1 allows more, but hashing megabytes would help an attacker to overload the server. */
const MAX_PASSWORD_BYTES = 1_024;
/** A hash takes 19 MiB and about 30 ms of the thread pool: more at once would slow the rest of the server down. */
const AT_ONCE = 2;
const MAX_WAITING = 64;

const argon2 = promisify(argon2Callback);

/** Whether a hash was made with other parameters than today's. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(`$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`);
}

interface Phc {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Nobody looked at the password. */
export class HashQueueFullError extends AppError {
  constructor() {
    super('UNAVAILABLE', 'Many people are signing in at this moment. Try again in a minute.');
  }
}

let running = 0;
const waiting: (() => void)[] = [];

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (the PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, {
    memory: MEMORY_KIB,
    passes: PASSES,
    lanes: LANES,
    salt,
    tag: Buffer.alloc(TAG_BYTES),
  });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Takes the same time for an unknown user: without a stored hash a dummy is computed, and the result is false. */
export async function passwordMatches(password: string, stored: string | undefined): Promise<boolean> {
  const phc = stored === undefined ? undefined : parse(stored);
  const tag = await derive(password, phc ?? DUMMY);
  return phc !== undefined && tag.length === phc.tag.length && timingSafeEqual(tag, phc.tag);
}

const DUMMY: Phc = {
  memory: MEMORY_KIB,
  passes: PASSES,
  lanes: LANES,
  salt: Buffer.alloc(16, 7),
  tag: Buffer.alloc(TAG_BYTES),
};

async function derive(password: string, phc: Phc): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'), 'utf8');
  if (message.length > MAX_PASSWORD_BYTES) return Buffer.alloc(0);
  await enter();
  try {
    return await argon2('argon2id', {
      message,
      nonce: phc.salt,
      parallelism: phc.lanes,
      tagLength: phc.tag.length,
      memory: phc.memory,
      passes: phc.passes,
    });
  } finally {
    leave();
  }
}

async function enter(): Promise<void> {
  if (running < AT_ONCE) {
    running++;
    return;
  }
  if (waiting.length >= MAX_WAITING) {
    throw new HashQueueFullError();
  }
  await new Promise<void>(resolve => waiting.push(resolve));
}

function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running--;
  else next();
}

function parse(text: string): Phc | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, memory, passes, lanes, salt = '', tag = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
