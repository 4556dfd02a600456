import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { auditConfig } from '../config/namespaces/audit.config.js';
import { AuditChain, hashIn } from './audit-chain.js';
import type { AuditIntent, AuditLine, AuditOutcome, ConfigEvent, OauthEvent } from './audit-entry.js';
import { AuditWriter } from './audit-writer.js';

const ROTATE_AT_BYTES = 64 * 1024 * 1024;
const log = logger('audit');

/** Writes the audit trail: JSON lines, chained by hash per process and tenant. `npm run audit:verify` checks it. */
@Injectable()
export class AuditService implements OnApplicationShutdown {
  private readonly process = randomBytes(6).toString('hex');
  private readonly chains = new Map<string, AuditChain>();
  private readonly writer: AuditWriter;
  private chainsBegun = 0;
  private lastHash: string | undefined;
  /** Lost records that no `start` line has reported yet. */
  private lost = 0;
  private readonly lossListeners: ((tenant: string) => void)[] = [];
  private lastFailureLogged = 0;

  constructor(@Inject(auditConfig.KEY) config: ConfigType<typeof auditConfig>) {
    const target = config.auditFile === 'stdout' ? '-' : config.auditFile;
    // A failed write breaks the chains. The next records begin new chains, which say how many records were lost.
    this.writer = new AuditWriter(target, ROTATE_AT_BYTES, () => this.chains.clear());
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

  /** Never rejects, like `outcome`. */
  async configEvent(event: ConfigEvent): Promise<void> {
    await this.write(event.tenant, 'config', event).catch(() => {});
  }

  /** Calls the listener for each record that could not be written. */
  onLoss(listener: (tenant: string) => void): void {
    this.lossListeners.push(listener);
  }

  async onApplicationShutdown(): Promise<void> {
    const ends = [...this.chains.values()].map(chain => this.writer.write(chain.add('end', now(), {})));
    this.chains.clear();
    await Promise.allSettled(ends);
    await this.writer.close();
  }

  private async write(tenant: string, type: AuditLine['type'], fields: object): Promise<void> {
    // The lines are chained in the order of the calls, and the writer keeps this order.
    const line = this.chainOf(tenant).add(type, now(), fields);
    try {
      await this.append(line);
    } catch (error) {
      this.lost++;
      for (const listener of this.lossListeners) listener(tenant);
      this.logFailure(error);
      throw error;
    }
  }

  private async append(line: string): Promise<void> {
    await this.writer.write(line);
    this.lastHash = hashIn(line);
  }

  private chainOf(tenant: string): AuditChain {
    let chain = this.chains.get(tenant);
    if (chain === undefined) {
      chain = new AuditChain(`${tenant}/${this.process}${this.chainsBegun === 0 ? '' : `.${this.chainsBegun}`}`);
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
      this.append(start).then(
        () => (this.lost -= lost),
        error => this.logFailure(error),
      );
    }
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
