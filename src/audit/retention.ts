import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { logger } from '../common/log.js';
import { auditConfig } from '../config/namespaces/audit.config.js';
import { readLine } from './audit-chain.js';
import { AuditService } from './audit.service.js';
import { linesOf, rotatedFiles } from './trail-files.js';
import { type ChainHead, type RemovedFile, withRemoved } from './trail-head.js';

const EVERY_MS = 6 * 3_600_000;
/** Files of one run; the next run removes the others. */
const MAX_FILES = 30;
const log = logger('audit');

/**
 * Removes the files of the trail whose lines are all older than AUDIT_KEEP_DAYS. The head file says which files these
 * were and where their chains go on, and it is sealed, so that the rest of the trail can still be verified.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(auditConfig.KEY) private readonly config: ConfigType<typeof auditConfig>,
    private readonly audit: AuditService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.auditKeep === undefined || this.audit.head === undefined) return;
    const run = (): void =>
      void this.removeOld().catch((error: unknown) => log.error({ err: error }, 'old audit files cannot be removed'));
    this.timer = setInterval(run, EVERY_MS).unref();
    run();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Returns the files that it removed. Rejects if the head can't be written: then no file is removed. */
  async removeOld(now = Date.now()): Promise<readonly string[]> {
    const { auditFile, auditKeep } = this.config;
    if (auditKeep === undefined || this.audit.head === undefined) return [];
    const isOld = ({ rotatedAt }: { rotatedAt: Date }) => rotatedAt.getTime() < now - auditKeep * 1_000;
    if (!rotatedFiles(auditFile).some(isOld)) return [];
    const removed: string[] = [];
    await this.audit.head.update(async head => {
      // Looked up again, because another process may have removed them while this one waited for the lock.
      for (const { file } of rotatedFiles(auditFile).filter(isOld).slice(0, MAX_FILES)) removed.push(file);
      const last = new Map<string, ChainHead>();
      const notes: RemovedFile[] = [];
      for (const file of removed) notes.push(await readThrough(file, last, new Date(now)));
      return withRemoved(head, notes, last);
    });
    // After a crash here the files are still there although the head has them as removed; the next run removes them.
    for (const file of removed) await rm(file, { force: true });
    log.info({ files: removed.map(file => path.basename(file)) }, 'removed audit files older than AUDIT_KEEP_DAYS');
    return removed;
  }
}

async function readThrough(file: string, last: Map<string, ChainHead>, now: Date): Promise<RemovedFile> {
  let lines = 0;
  let from = '';
  let until = '';
  for await (const text of linesOf(file)) {
    const read = text === '' ? undefined : readLine(text);
    if (read === undefined) continue;
    const { hash, line } = read;
    lines++;
    if (from === '') from = line.time;
    until = line.time;
    last.set(line.chain, { seq: line.seq, hash, ...(line.type === 'end' ? { ended: true } : {}) });
  }
  return { file: path.basename(file), removed_at: now.toISOString(), lines, from, until };
}
