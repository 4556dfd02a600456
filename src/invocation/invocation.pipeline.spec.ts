import { randomBytes } from 'node:crypto';
import { Budgets } from '../budgets/budgets.js';
import { SqliteStateStore } from '../state/sqlite.state-store.js';
import { StateCipher } from '../state/state-cipher.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuditService } from '../audit/audit.service.js';
import type { AuditIntent, AuditOutcome } from '../audit/audit-entry.js';
import { AppError } from '../common/app-error.js';
import type { MeasuredInvocation, MetricsService } from '../metrics/metrics.service.js';
import { ChallengeError } from '../common/challenge.error.js';
import type { Tenant } from '../tenancy/tenant.js';
import { QuestionPending } from '../tools/tool.js';
import type { InvocationCall, InvocationOutcome, InvocationSteps, RunningCall } from './invocation.js';
import { InvocationPipeline } from './invocation.pipeline.js';

type Steps = InvocationSteps<InvocationCall, string, string, string>;

const call: InvocationCall = {
  tenant: { name: 'demo', config: { auditStatementText: true } } as Tenant,
  principal: {
    subject: 'ann',
    client: 'test-client',
    tenant: 'demo',
    scopes: new Set(['sql:read']),
    highestScope: 'sql:read',
    access: {},
    attributes: {},
  },
  requestId: 'r1',
  signal: new AbortController().signal,
};

describe('the invocation pipeline', () => {
  /** The steps that ran, in order. */
  let events: string[];
  let outcomes: AuditOutcome[];
  let intents: AuditIntent[];
  let measured: MeasuredInvocation[];
  let trailIsAway: boolean;
  let pipeline: InvocationPipeline;

  beforeEach(() => {
    events = [];
    outcomes = [];
    intents = [];
    measured = [];
    trailIsAway = false;
    const audit: Pick<AuditService, 'intent' | 'outcome'> = {
      intent: async entry => {
        events.push('intent');
        intents.push(entry);
        if (trailIsAway) throw new AppError('UNAVAILABLE', 'The audit trail cannot be written.');
      },
      outcome: async entry => {
        events.push('outcome');
        outcomes.push(entry);
      },
    };
    const metrics: Pick<MetricsService, 'invocation' | 'statement'> = {
      invocation: invocation => {
        events.push('measure');
        measured.push(invocation);
      },
      statement: () => void events.push('statement'),
    };
    pipeline = new InvocationPipeline(
      audit as AuditService,
      metrics as MetricsService,
      new Budgets(new SqliteStateStore(':memory:'), new StateCipher(randomBytes(32))),
    );
  });

  const steps = (changes: Partial<Steps> = {}): Steps => ({
    method: 'tools/call',
    requested: 'look',
    find: () => {
      events.push('find');
      return 'found';
    },
    isAllowed: () => {
      events.push('allowed');
      return true;
    },
    unknown: () => new AppError('UNKNOWN_TOOL', 'There is no tool named "look".'),
    scopeOf: () => {
      events.push('scope');
      return 'sql:read';
    },
    validate: () => {
      events.push('validate');
      return 'input';
    },
    mayChange: () => false,
    statementOf: (_found, input) => `SELECT '${input}'`,
    run: (found, input) => {
      events.push('run');
      return `${found} ${input}`;
    },
    ...changes,
  });

  it('runs its steps in order, each once', async () => {
    await expect(pipeline.run(steps(), call)).resolves.toEqual({ kind: 'done', output: 'found input' });
    expect(events).toEqual(['find', 'allowed', 'scope', 'validate', 'intent', 'run', 'measure', 'outcome']);
    expect(intents).toMatchObject([{ request_id: 'r1', principal: 'ann', tool: 'look', statement: "SELECT 'input'" }]);
    expect(outcomes).toMatchObject([{ request_id: 'r1', outcome: 'ok' }]);
    expect(measured).toMatchObject([{ tenant: 'demo', method: 'tools/call', tool: 'look', outcome: 'ok' }]);
  });

  it.each([true, false])('lets the database refuse changes unless the call may make them (%s)', async may => {
    const run: Steps['run'] = (_found, _input, { onlyReads }) => String(onlyReads);
    const outcome = await pipeline.run(steps({ run, mayChange: () => may }), call);
    expect(outcome).toEqual({ kind: 'done', output: String(!may) });
  });

  it('gives the same error for what is not allowed as for what does not exist', async () => {
    const missing = await pipeline.run(steps({ find: () => undefined }), call).catch((error: unknown) => error);
    const hidden = await pipeline.run(steps({ isAllowed: () => false }), call).catch((error: unknown) => error);
    expect(hidden).toEqual(missing);
    expect(outcomes.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['refused', 'UNKNOWN_TOOL'],
      ['refused', 'UNKNOWN_TOOL'],
    ]);
    // A name that does not exist is in the audit trail, but it is never a metric label.
    expect(outcomes[0]?.tool).toBe('look');
    expect(measured.map(({ tool }) => tool)).toEqual(['unknown', 'unknown']);
  });

  it('refuses a missing scope before it validates the arguments', async () => {
    const asked = pipeline.run(steps({ scopeOf: () => 'sql:write' }), call);
    await expect(asked).rejects.toBeInstanceOf(ChallengeError);
    await expect(asked).rejects.toMatchObject({
      code: 'INSUFFICIENT_SCOPE',
      challenge: { kind: 'insufficient_scope', scopes: ['sql:write'] },
    });
    expect(events).not.toContain('validate');
    expect(events).not.toContain('run');
  });

  it('records an intent without a statement if the arguments are invalid', async () => {
    const validate = () => {
      throw new AppError('INVALID_ARGUMENT', 'limit: too large');
    };
    await expect(pipeline.run(steps({ validate }), call)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(intents).toHaveLength(1);
    expect(intents[0]).not.toHaveProperty('statement');
    expect(outcomes).toMatchObject([{ outcome: 'refused', error: 'INVALID_ARGUMENT' }]);
  });

  it.each(['tools/call', 'resources/read', 'prompts/get', 'completion/complete'] as const)(
    'still reads when the audit trail cannot be written, but changes nothing (%s)',
    async method => {
      trailIsAway = true;
      await expect(pipeline.run(steps({ method }), call)).resolves.toMatchObject({ kind: 'done' });
      events = [];
      await expect(pipeline.run(steps({ method, mayChange: () => true }), call)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      expect(events).not.toContain('run');
    },
  );

  it('records the resource, the prompt or the completion beside the method', async () => {
    await pipeline.run(steps({ method: 'resources/read', requested: 'mssql://database/schema' }), call);
    expect(intents).toMatchObject([{ tool: 'resources/read', target: 'mssql://database/schema' }]);
    expect(measured).toMatchObject([{ method: 'resources/read', outcome: 'ok' }]);
  });

  it('returns a question to the person as a typed outcome and records it as asked', async () => {
    const run = () => {
      throw new QuestionPending();
    };
    await expect(pipeline.run(steps({ run }), call)).resolves.toEqual({ kind: 'asked' });
    expect(outcomes).toMatchObject([{ outcome: 'asked' }]);
    expect(outcomes[0]).not.toHaveProperty('error');
  });

  it('records an error that is not shown to callers as INTERNAL, without its text', async () => {
    const run = () => {
      throw new Error('row value 4711');
    };
    await expect(pipeline.run(steps({ run }), call)).rejects.toThrow('row value 4711');
    expect(outcomes).toMatchObject([{ outcome: 'error', error: 'INTERNAL' }]);
    expect(JSON.stringify([intents, outcomes, measured])).not.toContain('4711');
  });

  it('counts each statement report once and adds it to the outcome', async () => {
    const report = {
      kind: 'read',
      statement: 'SELECT 1',
      parameterTypes: {},
      verdict: 'allowed',
      rows: 2,
      bytes: 10,
      seconds: 0.1,
      affectedRows: [],
    } as const;
    const run: Steps['run'] = (_found, _input, reporting) => {
      for (let i = 0; i < 30; i++) reporting.report(report);
      return 'done';
    };
    await pipeline.run(steps({ run }), call);
    expect(events.filter(event => event === 'statement')).toHaveLength(30);
    expect(outcomes[0]).toMatchObject({ rows: 60, bytes: 300 });
    // The record is limited, whatever a tool does.
    expect(outcomes[0]?.statements).toHaveLength(20);
  });

  describe('with somebody who takes calls over', () => {
    const AFTER_MS = 1_000;
    type Running = RunningCall<InvocationOutcome<string>>;
    let finish: (output: string) => void;
    let taken: Running[];
    let takes: (running: Running) => boolean;
    let run: Steps['run'];

    beforeEach(() => {
      jest.useFakeTimers();
      taken = [];
      takes = ({ detach }) => detach();
      const { promise, resolve } = Promise.withResolvers<string>();
      finish = resolve;
      run = () => promise;
    });
    afterEach(() => void jest.useRealTimers());

    const start = (changes: Partial<Steps> = {}) =>
      pipeline.run(steps({ run, mayTakeLong: () => true, ...changes }), call, {
        afterMs: AFTER_MS,
        limitMs: 600_000,
        take: async running => {
          taken.push(running);
          return takes(running);
        },
      });
    const outcomesOf = () => outcomes.map(({ outcome }) => outcome);

    it('hands a call over that takes long, and records its outcome when it has ended', async () => {
      const answered = start();
      await jest.advanceTimersByTimeAsync(AFTER_MS - 1);
      expect(taken).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(await answered).toEqual({ kind: 'handed_over' });
      expect(outcomesOf()).toEqual(['handed_over']);
      finish('rows');
      expect(await taken[0]?.ended).toEqual({ kind: 'done', output: 'rows' });
      expect(outcomesOf()).toEqual(['handed_over', 'ok']);
      // The call is measured once, when its caller was answered.
      expect(measured).toMatchObject([{ outcome: 'handed_over', seconds: 1 }]);
    });

    it('hands no call over that ends in time, that may not take long, or whose end comes first', async () => {
      const short = start();
      finish('rows');
      expect(await short).toEqual({ kind: 'done', output: 'rows' });
      const other = start({ mayTakeLong: () => false });
      await jest.advanceTimersByTimeAsync(10 * AFTER_MS);
      expect(taken).toEqual([]);
      expect(await other).toEqual({ kind: 'done', output: 'rows' });
      expect(outcomesOf()).toEqual(['ok', 'ok']);
    });

    it('lets the caller wait on when nobody takes the call, or it has ended meanwhile', async () => {
      takes = () => false;
      const answered = start();
      await jest.advanceTimersByTimeAsync(AFTER_MS);
      expect(taken).toHaveLength(1);
      finish('rows');
      expect(await answered).toEqual({ kind: 'done', output: 'rows' });
      expect(taken[0]?.detach()).toBe(false);
      expect(outcomesOf()).toEqual(['ok']);
    });

    it('counts no time in which the person is asked, and asks nobody after the call was handed over', async () => {
      const question = Promise.withResolvers<string>();
      const steps: string[] = [];
      run = async (_found, _input, { patience }) => {
        steps.push(await (patience?.attended(() => question.promise) ?? ''));
        await new Promise(resolve => setTimeout(resolve, 2 * AFTER_MS));
        return patience?.attended(async () => 'asked again') ?? '';
      };
      const answered = start();
      await jest.advanceTimersByTimeAsync(10 * AFTER_MS);
      expect(taken).toEqual([]);
      question.resolve('yes');
      await jest.advanceTimersByTimeAsync(AFTER_MS);
      expect(await answered).toEqual({ kind: 'handed_over' });
      const ended = expect(taken[0]?.ended).rejects.toMatchObject({ code: 'CANCELLED' });
      await jest.advanceTimersByTimeAsync(AFTER_MS);
      await ended;
      expect(steps).toEqual(['yes']);
      expect(outcomesOf()).toEqual(['handed_over', 'cancelled']);
    });
  });
});
