import { jest } from '@jest/globals';
import type { RpcRequest } from '../protocol/json-rpc.js';
import { UNSTATED_REVISION } from '../protocol/revisions.js';
import { RequestContext } from '../protocol/request-context.js';
import { ProgressReporter } from './progress-reporter.js';

interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

function start(meta: object = { progressToken: 'p' }) {
  const sent: Progress[] = [];
  const sink = {
    open: true,
    send: (message: string) => {
      sent.push((JSON.parse(message) as { params: Progress }).params);
      return true;
    },
  };
  const request: RpcRequest = {
    kind: 'request',
    id: 1,
    method: 'tools/call',
    params: { _meta: meta },
  };
  const context = new RequestContext({} as never, UNSTATED_REVISION, request, sink, {});
  return { sent, context, report: ProgressReporter.of(context) };
}

describe('ProgressReporter', () => {
  // The clock is faked, because the real one would make this test last a minute.
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('sends a sign of life at least every 15 s before the first row, with increasing progress', () => {
    const { sent } = start();
    const times: number[] = [0];
    for (let second = 1; second <= 60; second++) {
      const before = sent.length;
      jest.advanceTimersByTime(1_000);
      if (sent.length > before) times.push(second);
    }
    for (let i = 1; i < times.length; i++) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeLessThanOrEqual(15);
    expect(60 - (times.at(-1) ?? 0)).toBeLessThanOrEqual(15);
    const values = sent.map(({ progress }) => progress);
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    expect(sent[0]?.message).toMatch(/^Running for \d+ s\.$/);
  });

  it('goes on counting after a sign of life, and never goes back', () => {
    const { sent, report } = start();
    report(1_000, 5_000);
    jest.advanceTimersByTime(21_000);
    report(500);
    report(2_000, 5_000, 'half');
    expect(sent[0]).toMatchObject({ progress: 1_000, total: 5_000 });
    expect(sent.at(-1)).toMatchObject({ progress: 2_000, message: 'half' });
    const values = sent.map(({ progress }) => progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it('sends none of two reports within 20 ms but the first', () => {
    const { sent, report } = start();
    report(1);
    report(2);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['the response is complete', (context: RequestContext) => (context.finished = true)],
    ['the request was cancelled', (context: RequestContext) => context.cancel()],
  ])('sends nothing once %s', (_when, end) => {
    const { sent, context, report } = start();
    end(context);
    report(1);
    jest.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends nothing to a client that did not ask for progress', () => {
    const { sent, report } = start({});
    report(1);
    jest.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
  });
});
