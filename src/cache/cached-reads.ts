import { Injectable } from '@nestjs/common';
import { Budgets } from '../budgets/budgets.js';
import { type CallContext, timeLimitMs } from '../database/call-context.js';
import { costLimitOf } from '../database/connection/cost-guard.js';
import type { QueryResult } from '../database/driver/result-set.js';
import type { StatementReport } from '../database/statement-report.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { AnswerCache, type CacheRequest, type Question } from './answer-cache.js';
import type { CacheEntry } from './cache-store.js';
import { SharedRun } from './shared-run.js';

export interface CachedRead {
  readonly result: QueryResult;
  /** Absent when the answer was not and will not be kept. */
  readonly cached?: { readonly cached_at: string; readonly max_age: number };
}

interface Flight {
  readonly run: SharedRun<CacheEntry>;
  readonly version: string;
  /** The reports of the run's statements; the first caller who sees its end takes them. */
  reports: StatementReport[];
  /** Those who wait: each is told how far the run is. */
  readonly callers: Set<CallContext>;
}

/**
 * Reads of verified queries and metrics whose answers may be kept. Equal reads at the same time run one statement, which is
 * cancelled when all of their callers have left. Each caller's call gets a report: one that of the run, the others one with
 * the mark `cached`. Without the state store, and where answers differ by person, each read runs by itself.
 */
@Injectable()
export class CachedReads {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly cache: AnswerCache,
    private readonly budgets: Budgets,
    private readonly metrics: MetricsService,
  ) {}

  async read(
    request: CacheRequest,
    call: CallContext,
    run: (call: CallContext) => Promise<QueryResult>,
  ): Promise<CachedRead> {
    const { tenant } = call;
    const count = (outcome: 'hit' | 'miss' | 'shared' | 'refreshed' | 'off'): void =>
      this.metrics.cacheRead(tenant.name, outcome);
    const question = await this.cache.question(request, call);
    if (question === undefined) {
      count('off');
      return { result: await run(call) };
    }
    if (call.principal.access.budget !== undefined) await this.budgets.assertLeft(call);
    const hit = request.refresh ? undefined : await question.kept();
    if (hit !== undefined) {
      count('hit');
      await this.report(call, request.statement, hit);
      return answerOf(hit, request);
    }
    // What a caller starts may serve another one only if both have the same limits of cost and time.
    const key = JSON.stringify([question.name, request.refresh, costLimitOf(call), timeLimitMs(call)]);
    let flight = this.flights.get(key);
    if (flight?.run.open === true && flight.version === question.version) count('shared');
    else {
      count(request.refresh ? 'refreshed' : 'miss');
      flight = this.start(key, question, call, run);
    }
    return answerOf(await this.join(flight, request.statement, call), request);
  }

  private start(
    key: string,
    question: Question,
    call: CallContext,
    run: (call: CallContext) => Promise<QueryResult>,
  ): Flight {
    const reports: StatementReport[] = [];
    const callers = new Set<CallContext>();
    const shared = new SharedRun<CacheEntry>(async signal => {
      const at = Date.now();
      try {
        const result = await run({
          ...detached(call, signal),
          report: report => reports.push(report),
          progress: (...how) => callers.forEach(caller => caller.progress?.(...how)),
        });
        const entry = entryOf(result, reports.at(-1), at, question.version);
        await question.keep(entry);
        return entry;
      } finally {
        // A caller that looked just before the answer was cached joins the finished run instead, and gets its answer.
        setImmediate(() => {
          if (this.flights.get(key) === flight) this.flights.delete(key);
        });
      }
    });
    const flight: Flight = { run: shared, version: question.version, reports, callers };
    this.flights.set(key, flight);
    return flight;
  }

  private async join(flight: Flight, statement: string, call: CallContext): Promise<CacheEntry> {
    flight.callers.add(call);
    try {
      const entry = await flight.run.wait(call.signal);
      if (!(await this.takeReports(flight, call))) await this.report(call, statement, entry);
      return entry;
    } catch (error) {
      await this.takeReports(flight, call);
      throw error;
    } finally {
      flight.callers.delete(call);
    }
  }

  /** Returns whether this caller's call got the reports of the run. */
  private async takeReports(flight: Flight, call: CallContext): Promise<boolean> {
    if (!flight.run.hasEnded || flight.reports.length === 0) return false;
    const reports = flight.reports;
    flight.reports = [];
    for (const report of reports) {
      call.report?.(report);
      if (report.verdict === 'allowed') await this.budgets.spend(call, report);
    }
    return true;
  }

  /** A caller who got a cached answer is reported, and charged for its rows, like one who ran it. */
  private async report(call: CallContext, statement: string, { report }: CacheEntry): Promise<void> {
    call.report?.({ ...report, kind: 'read', statement, verdict: 'allowed', seconds: 0, cached: true });
    await this.budgets.spend(call, { rows: report.rows, seconds: 0 });
  }
}

/** The call of a run that may outlive the caller who began it. What it uses is charged afterwards. */
function detached(
  { tenant, principal, requestId, patience, onlyReads, costLimit }: CallContext,
  signal: AbortSignal,
): CallContext {
  const { budget: _charged, ...access } = principal.access;
  return {
    ...{ tenant, requestId, signal },
    principal: { ...principal, access },
    // The limit only: whether it may still be handed over is between each caller and their own call.
    ...(patience === undefined ? {} : { patience: { limitMs: patience.limitMs } }),
    ...(onlyReads === undefined ? {} : { onlyReads }),
    ...(costLimit === undefined ? {} : { costLimit }),
  };
}

function entryOf(result: QueryResult, last: StatementReport | undefined, at: number, version: string): CacheEntry {
  const { parameterTypes = {}, rows = 0, bytes = 0, truncatedBy, affectedRows = [] } = last ?? {};
  return {
    result,
    report: { parameterTypes, rows, bytes, affectedRows, ...(truncatedBy === undefined ? {} : { truncatedBy }) },
    at,
    version,
  };
}

function answerOf({ result, at }: CacheEntry, { maxAge }: CacheRequest): CachedRead {
  return { result, cached: { cached_at: new Date(at).toISOString(), max_age: maxAge } };
}
