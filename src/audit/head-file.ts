import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import lockfile from 'proper-lockfile';
import { logger } from '../common/log.js';
import { replaceFile } from '../common/replace-file.js';
import {
  type ChainHead,
  EMPTY_HEAD,
  MAX_HEAD_BYTES,
  openHead,
  sealHead,
  type TrailHead,
  withChains,
} from './trail-head.js';

/** The head may be this much older than the trail when the process is killed. */
const WRITE_AFTER_MS = 1_000;
const RETRY_MS = 10_000;
const MAX_OWN_CHAINS = 1_000;
const MAX_REFUSED = 10;
const log = logger('audit');

/**
 * Keeps the head file of a trail, which all processes that write the trail share. A crash leaves the earlier or the
 * later version, never a part. A failure is logged and does not stop the trail; it is tried again.
 */
export class HeadFile {
  /** The chains of this process that run, and those that ended since the last write. All are written each time. */
  private readonly own = new Map<string, ChainHead>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private lastFailureLogged = 0;
  private refused = false;

  /** `keys`: the one that seals, then earlier ones whose seals still count. */
  constructor(
    private readonly file: string,
    private readonly keys: readonly [Buffer, ...Buffer[]],
    private readonly writeAfterMs = WRITE_AFTER_MS,
  ) {}

  /** Notes the last written line of a chain; the file has it a second later. */
  note(id: string, chain: ChainHead): void {
    const known = this.own.get(id);
    if (known === undefined || known.seq <= chain.seq) this.own.set(id, chain);
    if (this.own.size > MAX_OWN_CHAINS) this.own.delete(this.own.keys().next().value ?? '');
    this.timer ??= setTimeout(() => void this.flush(), this.writeAfterMs).unref();
  }

  /** The chain has no more lines, although its process goes on. */
  end(id: string): void {
    const known = this.own.get(id);
    if (known !== undefined) this.note(id, { ...known, ended: true });
  }

  /** Writes what is noted. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.update(head => head).catch((error: unknown) => {
      this.timer ??= setTimeout(() => void this.flush(), RETRY_MS).unref();
      if (Date.now() - this.lastFailureLogged < 60_000) return;
      this.lastFailureLogged = Date.now();
      log.error({ err: error }, 'the head file of the audit trail cannot be written');
    });
  }

  /** Changes the head while no other process does. Rejects when the file can't be locked or written. */
  update(change: (head: TrailHead) => TrailHead | Promise<TrailHead>): Promise<void> {
    const next = this.writing.catch(() => {}).then(() => this.locked(change));
    this.writing = next;
    return next;
  }

  private async locked(change: (head: TrailHead) => TrailHead | Promise<TrailHead>): Promise<void> {
    const release = await lockfile.lock(this.file, {
      realpath: false,
      stale: 10_000,
      update: 2_000,
      retries: { retries: 20, minTimeout: 25, maxTimeout: 250 },
      // The lock was taken over after ten seconds without a sign of life. Both then write what they know.
      onCompromised: error => log.warn({ err: error }, 'the lock of the audit head was lost'),
    });
    try {
      const noted = new Map(this.own);
      const changed = await change(withChains(await this.read(), noted));
      await this.replace(sealHead({ ...changed, written_at: new Date().toISOString() }, this.keys[0]));
      for (const [id, chain] of noted) if (chain.ended === true) this.own.delete(id);
    } finally {
      await release().catch(() => undefined);
    }
  }

  private async read(): Promise<TrailHead> {
    const size = (await stat(this.file).catch(() => undefined))?.size;
    if (size === undefined) return EMPTY_HEAD;
    const opened = size > MAX_HEAD_BYTES ? undefined : openHead(await readFile(this.file, 'utf8'), this.keys);
    if (opened !== undefined) return opened.head;
    // It is evidence, so it is kept: somebody changed it, or STATE_KEY was replaced.
    await this.assertFewRefused();
    const aside = `${this.file}.refused-${new Date().toISOString().replace(/[-:.]/g, '')}`;
    await rename(this.file, aside);
    this.refused = true;
    log.error({ aside }, 'the head file of the audit trail was not sealed with STATE_KEY; a new one begins');
    return EMPTY_HEAD;
  }

  /** Two servers with different keys on one trail would refuse each other's file every second. */
  private async assertFewRefused(): Promise<void> {
    const { dir, base } = path.parse(this.file);
    const kept = (await readdir(dir === '' ? '.' : dir)).filter(name => name.startsWith(`${base}.refused-`));
    if (this.refused || kept.length >= MAX_REFUSED) {
      throw new Error(
        `${this.file} is sealed with another key again. All servers that write one trail need the same STATE_KEY; remove ${base}.refused-… when they have it.`,
      );
    }
  }

  private async replace(text: string): Promise<void> {
    const part = `${this.file}.${process.pid}.part`;
    try {
      const file = await open(part, 'w', 0o640);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      replaceFile(part, this.file);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    // Without this a power failure may undo the rename.
    const directory = await open(path.dirname(this.file), 'r').catch(() => undefined);
    await directory?.sync().catch(() => undefined);
    await directory?.close();
  }
}
