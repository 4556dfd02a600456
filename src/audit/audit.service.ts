import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { StateCipher } from '../state/state-cipher.js';
import { auditConfig } from '../config/namespaces/audit.config.js';
import { AuditChain, hashIn } from './audit-chain.js';
import type { AuditIntent, AuditLine, AuditOutcome, ConfigEvent, ExportEvent, OauthEvent } from './audit-entry.js';
import { AuditWriter, isStream } from './audit-writer.js';
import { HeadFile } from './head-file.js';
import { HEAD_KEY, headPathOf } from './trail-head.js';

const ROTATE_AT_BYTES = 64 * 1024 * 1024;
const log = logger('audit');

/** Writes the audit trail: JSON lines, chained by hash per process and tenant. `mssql-mcp audit verify` checks it. */
@Injectable()
export class AuditService implements OnApplicationShutdown {
  private readonly process = randomBytes(6).toString('hex');
  private readonly chains = new Map<string, AuditChain>();
  private readonly writer: AuditWriter;
  /** Absent when the trail goes to stdout, whose lines another machine keeps. */
  readonly head: HeadFile | undefined;
  private chainsBegun = 0;
  private lastHash: string | undefined;
  /** Lost records that no `start` line has reported yet. */
  private lost = 0;
  private readonly lossListeners: ((tenant: string) => void)[] = [];
  private lastFailureLogged = 0;

  constructor(@Inject(auditConfig.KEY) config: ConfigType<typeof auditConfig>, cipher: StateCipher) {
    // Where standard output has something else (the answer of a command, the protocol over stdio), it is stderr.
    const target = { stdout: '-', stderr: '-2' }[config.auditFile] ?? config.auditFile;
    const sealing = config.headKey === undefined ? cipher : new StateCipher(config.headKey);
    if (!isStream(target)) this.head = new HeadFile(headPathOf(target), sealing.deriveAll(HEAD_KEY));
    // A failed write breaks the chains. The next records begin new chains, which say how many records were lost.
    this.writer = new AuditWriter(target, ROTATE_AT_BYTES, () => this.giveUpChains(), config.auditKeep !== undefined);
  }

  /** Resolves when the line is written. Rejects with AppError UNAVAILABLE if it can't be written. */
  async intent(entry: AuditIntent): Promise<void> {
    try {
      await this.write(entry.tenant, 'intent', entry);
    } catch (error) {
      throw new AppError('UNAVAILABLE', 'The audit trail cannot be written.', { cause: error });
    }
  }

  /** Never rejects, because the call has already ended. A record that can't be written is counted as lost. */
  async outcome(entry: AuditOutcome): Promise<void> {
    await this.write(entry.tenant, 'outcome', entry).catch(() => {});
  }

  /** Never rejects, like `outcome`. */
  async oauthEvent(event: OauthEvent): Promise<void> {
    await this.write(event.tenant, 'oauth', event).catch(() => {});
  }

  /** As `oauthEvent`, for an act that must not happen unrecorded. Rejects with AppError UNAVAILABLE. */
  async requiredOauthEvent(event: OauthEvent): Promise<void> {
    try {
      await this.write(event.tenant, 'oauth', event);
    } catch (error) {
      throw new AppError('UNAVAILABLE', 'The audit trail cannot be written.', { cause: error });
    }
  }

  /** Never rejects, like `outcome`. */
  async exportEvent(event: ExportEvent): Promise<void> {
    await this.write(event.tenant, typeOf(event), event).catch(() => {});
  }

  /** As `exportEvent`, for what must not happen unrecorded. Rejects with AppError UNAVAILABLE. */
  async requiredExportEvent(event: ExportEvent): Promise<void> {
    try {
      await this.write(event.tenant, typeOf(event), event);
    } catch (error) {
      throw new AppError('UNAVAILABLE', 'The audit trail cannot be written.', { cause: error });
    }
  }

  /** Never rejects, like `outcome`. */
  async configEvent(event: ConfigEvent): Promise<void> {
    await this.write(event.tenant, 'config', event).catch(() => {});
  }

  /** Calls the listener for each record that could not be written. */
  onLoss(listener: (tenant: string) => void): void {
    this.lossListeners.push(listener);
  }

  async onApplicationShutdown(): Promise<void> {
    const { lost } = this;
    const ends = [...this.chains.values()].map((chain, index) =>
      this.append(chain, chain.add('end', now(), index === 0 && lost > 0 ? { lost } : {}), true),
    );
    this.chains.clear();
    await Promise.allSettled(ends);
    await this.writer.close();
    await this.head?.flush();
  }

  private async write(tenant: string, type: AuditLine['type'], fields: object): Promise<void> {
    try {
      // The lines are chained in the order of the calls, and the writer keeps this order.
      const chain = this.chains.get(tenant) ?? this.begin(tenant);
      await this.append(chain, chain.add(type, now(), fields));
    } catch (error) {
      this.lost++;
      for (const listener of this.lossListeners) listener(tenant);
      this.logFailure(error);
      throw error;
    }
  }

  /** A line that can't even be queued ends its chain at once, because the next line would have its hash. */
  private async append(chain: AuditChain, line: string, ended = false): Promise<void> {
    const { last: seq } = chain;
    const hash = hashIn(line);
    try {
      await this.writer.write(line);
    } catch (error) {
      for (const [tenant, known] of this.chains) if (known === chain) this.chains.delete(tenant);
      this.head?.end(chain.id);
      throw error;
    }
    this.lastHash = hash;
    this.head?.note(chain.id, { seq, hash, ...(ended ? { ended } : {}) });
  }

  private giveUpChains(): void {
    for (const { id } of this.chains.values()) this.head?.end(id);
    this.chains.clear();
  }

  private begin(tenant: string): AuditChain {
    const chain = new AuditChain(`${tenant}/${this.process}${this.chainsBegun === 0 ? '' : `.${this.chainsBegun}`}`);
    this.chainsBegun++;
    this.chains.set(tenant, chain);
    // The new chain has the hash of the last line of the file, so that a whole chain can't be removed unnoticed.
    const follows = this.lastHash ?? this.hashInFile();
    const { lost } = this;
    const start = chain.add('start', now(), {
      tenant,
      ...(follows === undefined ? {} : { follows }),
      ...(lost === 0 ? {} : { lost }),
    });
    this.lost -= lost;
    this.append(chain, start).catch((error: unknown) => {
      this.lost += lost;
      this.logFailure(error);
    });
    if (this.chains.get(tenant) !== chain) throw new Error('The audit queue is full.');
    return chain;
  }

  private hashInFile(): string | undefined {
    try {
      return this.writer.lastHash();
    } catch {
      return undefined;
    }
  }

  /** Logs a failure at most once a minute, because a full disk would also fill the log. */
  private logFailure(error: unknown): void {
    if (Date.now() - this.lastFailureLogged < 60_000) return;
    this.lastFailureLogged = Date.now();
    log.error({ err: error }, 'the audit trail cannot be written');
  }
}

function typeOf({ data_subject: subject }: ExportEvent): AuditLine['type'] {
  return subject === undefined ? 'export' : 'subject_access';
}

let lastMillisecond = 0;
let lastTime = '';

/** Keeps the text of the last millisecond, because making it costs as much as the hash of a line. */
function now(): string {
  const millisecond = Date.now();
  if (millisecond !== lastMillisecond) {
    lastMillisecond = millisecond;
    lastTime = new Date(millisecond).toISOString();
  }
  return lastTime;
}
