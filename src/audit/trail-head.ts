import { createHmac, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { isObject } from '../common/is-object.js';

/** How far one chain went. */
export interface ChainHead {
  /** The number of its last line, from 0. */
  readonly seq: number;
  readonly hash: string;
  /** The chain has an `end` line, or its process gave it up. */
  readonly ended?: boolean;
}

/** What AUDIT_KEEP_DAYS removed. */
export interface RemovedFiles {
  /** The files that were removed last, at most MAX_REMOVED_FILES. */
  readonly files: readonly RemovedFile[];
  /** Files that were removed before those. */
  readonly earlier: number;
  /** The last removed line of each chain that goes on in the files that are left. */
  readonly chains: Readonly<Record<string, ChainHead>>;
}

export interface RemovedFile {
  readonly file: string;
  readonly removed_at: string;
  readonly lines: number;
  /** The times of its first and its last line. */
  readonly from: string;
  readonly until: string;
}

/** The head of a trail: its chains and their last hashes, so that a chain that was removed or cut is missed. */
export interface TrailHead {
  readonly version: 1;
  readonly written_at: string;
  readonly chains: Readonly<Record<string, ChainHead>>;
  /** How many chains that had ended are no longer listed, because there were more than MAX_CHAINS. */
  readonly unlisted: number;
  readonly removed: RemovedFiles;
}

/** A head of this size has about 250 KB. */
const MAX_CHAINS = 2_000;
const MAX_REMOVED_FILES = 200;
export const MAX_HEAD_BYTES = 4 * 1024 * 1024;
/** For StateCipher.derive. */
export const HEAD_KEY = 'audit-head';

export const EMPTY_HEAD: TrailHead = {
  version: 1,
  written_at: '',
  chains: {},
  unlisted: 0,
  removed: { files: [], earlier: 0, chains: {} },
};

/** `var/audit.jsonl` → `var/audit.head`. */
export function headPathOf(trail: string): string {
  const { dir, name } = path.parse(trail);
  return path.join(dir, `${name}.head`);
}

const SEALED = /^\{"mac":"([0-9a-f]{64})","head":(.*)\}\n?$/s;

/** The text of a head file: the head, and its HMAC under the first key. */
export function sealHead(head: TrailHead, key: Buffer): string {
  const text = JSON.stringify(head);
  return `{"mac":"${macOf(text, key).toString('hex')}","head":${text}}\n`;
}

/** `sealed` is undefined without keys. Undefined for a text that is no head file, or that no key of these sealed. */
export function openHead(
  text: string,
  keys: readonly Buffer[] | undefined,
): { readonly head: TrailHead; readonly sealed: boolean | undefined } | undefined {
  const [, mac = '', content = ''] = SEALED.exec(text) ?? [];
  const given = Buffer.from(mac, 'hex');
  const sealed = keys?.some(key => given.length === 32 && timingSafeEqual(given, macOf(content, key)));
  if (sealed === false) return undefined;
  try {
    const head = JSON.parse(content) as unknown;
    return isHead(head) ? { head, sealed } : undefined;
  } catch {
    return undefined;
  }
}

/** The later state of each chain; the oldest chains that have ended are left out when there are too many. */
export function withChains(head: TrailHead, chains: ReadonlyMap<string, ChainHead>): TrailHead {
  const merged = new Map(Object.entries(head.chains));
  for (const [id, chain] of chains) {
    // An idle chain, whose lines were all removed, is listed again with its next line.
    if (chain.seq <= (head.removed.chains[id]?.seq ?? -1)) continue;
    const known = merged.get(id);
    if (known === undefined || chain.seq > known.seq || (chain.seq === known.seq && chain.ended === true))
      merged.set(id, chain);
  }
  const excess = merged.size - MAX_CHAINS;
  const ended = excess > 0 ? [...merged].filter(([, chain]) => chain.ended).slice(0, excess) : [];
  // A process that is killed ends no chain: then the oldest ones leave.
  const open = excess > ended.length ? [...merged].slice(0, excess - ended.length) : [];
  for (const [id] of [...ended, ...open]) merged.delete(id);
  return {
    ...head,
    chains: Object.fromEntries(merged),
    unlisted: head.unlisted + Math.max(0, excess),
  };
}

/** Notes files that are about to be removed. `last` has the last line that each of their chains has in them. */
export function withRemoved(
  head: TrailHead,
  files: readonly RemovedFile[],
  last: ReadonlyMap<string, ChainHead>,
): TrailHead {
  const chains = new Map(Object.entries(head.chains));
  const goesOn = new Map(Object.entries(head.removed.chains));
  for (const [id, cut] of last) {
    const known = chains.get(id);
    const whole = known === undefined || known.seq <= cut.seq;
    if (whole) chains.delete(id);
    goesOn.delete(id);
    if (cut.ended !== true && !(whole && known?.ended === true)) goesOn.set(id, cut);
  }
  const all = [...head.removed.files, ...files];
  return {
    ...head,
    chains: Object.fromEntries(chains),
    removed: {
      files: all.slice(-MAX_REMOVED_FILES),
      earlier: head.removed.earlier + Math.max(0, all.length - MAX_REMOVED_FILES),
      chains: Object.fromEntries([...goesOn].slice(-MAX_CHAINS)),
    },
  };
}

function macOf(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isHead(value: unknown): value is TrailHead {
  return isObject(value) && value['version'] === 1 && isObject(value['chains']) && isObject(value['removed']);
}
