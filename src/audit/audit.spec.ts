import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ServerConfig } from '../config/server.config.js';
import { StateCipher } from '../state/state-cipher.js';
import { AuditChain, FIRST_HASH, hashIn, hashOfLine } from './audit-chain.js';
import { AuditService } from './audit.service.js';
import { AuditWriter } from './audit-writer.js';
import { verifyTrail } from './verify-trail.js';

describe('the audit trail', () => {
  let file: string;
  const cipher = new StateCipher(randomBytes(32));
  const service = () => new AuditService(Object.assign(new ServerConfig(), { auditFile: file }), cipher);
  const who = { tenant: 'demo', principal: 'ann', client: 'c', tool: 'execute_sql' };
  const call = async (audit: AuditService, id: string) => {
    await audit.intent({ ...who, request_id: id, statement: 'SELECT 1' });
    await audit.outcome({ ...who, request_id: id, outcome: 'ok', rows: 1, bytes: 3, duration_ms: 1 });
  };
  const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
  const rewrite = (changed: readonly string[]) => writeFileSync(file, `${changed.join('\n')}\n`);

  beforeEach(() => {
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'audit-')), 'audit.jsonl');
  });

  it('has no faults after use, and an intent and an outcome for each call', async () => {
    const audit = service();
    await Promise.all(['a', 'b', 'c'].map(id => call(audit, id)));
    await audit.oauthEvent({ event: 'sign_in', tenant: 'other', principal: 'ann' });
    await audit.onApplicationShutdown();
    expect(await verifyTrail([file])).toMatchObject({ lines: 11, chains: 2, open: [], unfinished: [], faults: [] });
    expect(JSON.parse(lines()[1] ?? '')).toMatchObject({
      type: 'intent',
      principal: 'ann',
      statement: 'SELECT 1',
      seq: 1,
    });
  });

  it('has one line for each record, whatever a statement contains', async () => {
    const audit = service();
    const statement = 'SELECT 1 --\u2028\u2029\u0085\r\n\ud800';
    await audit.intent({ ...who, request_id: 'a', statement });
    await audit.outcome({ ...who, request_id: 'a', outcome: 'ok', rows: 1, bytes: 3, duration_ms: 1 });
    await audit.onApplicationShutdown();
    expect(readFileSync(file, 'utf8')).not.toMatch(/[\r\u0085\u2028\u2029]/);
    expect(await verifyTrail([file])).toMatchObject({ lines: 4, faults: [] });
    expect(JSON.parse(lines()[1] ?? '')).toMatchObject({ statement });
  });

  it('verifies a line that was written with U+2028 in it', async () => {
    const rest = JSON.stringify({ previous: FIRST_HASH, chain: 'x', seq: 0, time: 't', type: 'start', a: '\u2028' });
    writeFileSync(file, `{"hash":"${hashOfLine(rest.slice(1))}",${rest.slice(1)}\n`);
    expect(await verifyTrail([file])).toMatchObject({ lines: 1, faults: [] });
  });

  it('reports a changed, removed, added or moved line', async () => {
    const audit = service();
    for (const id of ['a', 'b', 'c']) await call(audit, id);
    await audit.onApplicationShutdown();
    const whole = lines();
    const faultsOf = async (changed: readonly string[]) => {
      rewrite(changed);
      return (await verifyTrail([file])).faults.length;
    };
    expect(await faultsOf(whole)).toBe(0);
    for (let i = 0; i < whole.length - 1; i++) {
      expect(await faultsOf(whole.toSpliced(i, 1))).toBeGreaterThan(0);
      expect(await faultsOf(whole.toSpliced(i, 0, whole[i] ?? ''))).toBeGreaterThan(0);
    }
    for (const [i, line] of whole.entries()) {
      expect(await faultsOf(whole.with(i, line.replace('demo', 'dem0')))).toBeGreaterThan(0);
    }
    expect(await faultsOf(whole.with(2, whole[3] ?? '').with(3, whole[2] ?? ''))).toBeGreaterThan(0);
  });

  it('reports that the end of a chain is missing', async () => {
    const audit = service();
    await call(audit, 'a');
    await audit.onApplicationShutdown();
    rewrite(lines().slice(0, -1));
    expect((await verifyTrail([file])).open).toHaveLength(1);
    rewrite(lines().slice(0, -1));
    expect((await verifyTrail([file])).unfinished).toHaveLength(1);
  });

  it('reports a call as unfinished that was handed over and has not ended', async () => {
    const audit = service();
    const outcome = { ...who, request_id: 'a', rows: 0, bytes: 0, duration_ms: 1 };
    await audit.intent({ ...who, request_id: 'a', statement: 'SELECT 1' });
    await audit.outcome({ ...outcome, outcome: 'handed_over' });
    expect((await verifyTrail([file])).unfinished).toHaveLength(1);
    await audit.outcome({ ...outcome, outcome: 'ok' });
    expect((await verifyTrail([file])).unfinished).toEqual([]);
    await audit.onApplicationShutdown();
  });

  it('begins the chain of the next process with the hash of the last line, so that a missing chain is found', async () => {
    for (const id of ['a', 'b', 'c']) {
      const audit = service();
      await call(audit, id);
      await audit.onApplicationShutdown();
    }
    const whole = lines();
    expect((await verifyTrail([file])).faults).toEqual([]);
    rewrite([...whole.slice(0, 4), ...whole.slice(8)]);
    expect((await verifyTrail([file])).faults).toHaveLength(1);
  });

  it('continues after an incomplete line and loses only this line', async () => {
    const killed = service();
    for (const id of ['a', 'b']) await call(killed, id);
    writeFileSync(file, readFileSync(file).subarray(0, -40));
    const next = service();
    await call(next, 'c');
    await next.onApplicationShutdown();
    const { faults, unfinished } = await verifyTrail([file]);
    expect(faults).toEqual([{ file, line: 5, what: expect.stringMatching(/^the line is incomplete/) }]);
    expect(unfinished).toHaveLength(1);
    expect(JSON.parse(lines()[5] ?? '')).toMatchObject({ type: 'start', follows: hashIn(lines()[3] ?? '') });
  });

  it('records how many records could not be written, and has no other faults', async () => {
    const directory = path.join(path.dirname(file), 'mounted');
    file = path.join(directory, 'audit.jsonl');
    const audit = service();
    await call(audit, 'a');
    // The writer holds the file open; a failed write closes it.
    const writer = (audit as unknown as { writer: { file: { write: () => Promise<never> } } }).writer;
    writer.file.write = () => Promise.reject(new Error('ENOSPC'));
    const whole = path.join(path.dirname(directory), 'aside');
    renameSync(directory, whole);
    writeFileSync(directory, 'not a directory');
    const refused = await Promise.allSettled(
      ['b', 'c'].map(id => audit.intent({ ...who, request_id: id, statement: 'SELECT 1' })),
    );
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await audit.outcome({ ...who, request_id: 'b', outcome: 'ok', rows: 0, bytes: 0, duration_ms: 1 });
    rmSync(directory);
    renameSync(whole, directory);
    await call(audit, 'd');
    await audit.onApplicationShutdown();
    expect(await verifyTrail([file])).toMatchObject({ chains: 2, lost: 3, unfinished: [], faults: [] });
  });

  it('counts records that a full queue refused as lost, and has no other faults', async () => {
    const audit = service();
    const statement = 'x'.repeat(1024 * 1024);
    // All in one turn of the event loop, so that nothing is written in between.
    const calls = Array.from({ length: 40 }, (_, i) =>
      audit.intent({ ...who, tenant: i % 2 === 0 ? 'demo' : 'other', request_id: `r${i}`, statement }),
    );
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length;
    expect(refused).toBeGreaterThan(20);
    await audit.outcome({ ...who, request_id: 'r0', outcome: 'ok', rows: 1, bytes: 3, duration_ms: 1 });
    await audit.onApplicationShutdown();
    expect(await verifyTrail([file])).toMatchObject({ lost: refused, faults: [] });
  });

  it('reports losses at its end when no further chain began', async () => {
    const audit = service();
    const statement = 'x'.repeat(1024 * 1024);
    const calls = Array.from({ length: 20 }, (_, i) => audit.intent({ ...who, request_id: `r${i}`, statement }));
    // The queue is full of one tenant's records, and the other tenant's chain still runs.
    void audit.oauthEvent({ event: 'sign_in', tenant: 'other', principal: 'ann' });
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length;
    await audit.onApplicationShutdown();
    expect(await verifyTrail([file])).toMatchObject({ lost: refused, faults: [] });
  });

  it('creates a new file when another program has moved the old one', async () => {
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'] });
    const audit = service();
    await call(audit, 'a');
    const aside = `${file}.1`;
    renameSync(file, aside);
    jest.setSystemTime(Date.now() + 2_000);
    await call(audit, 'b');
    jest.useRealTimers();
    await audit.onApplicationShutdown();
    expect(lines()[0]).toContain('"request_id":"b"');
    expect(await verifyTrail([aside, file])).toMatchObject({ chains: 1, unfinished: [], faults: [] });
    expect((await verifyTrail([file])).faults).toHaveLength(1);
  });

  it('continues in a new file when one has reached its size, and is verified across all files', async () => {
    const writer = new AuditWriter(file, 500);
    const chain = new AuditChain('demo/x');
    for (let i = 0; i < 20; i++) await writer.write(chain.add('oauth', 'now', { tenant: 'demo', n: i }));
    await writer.close();
    const files = readdirSync(path.dirname(file))
      .sort()
      .map(name => path.join(path.dirname(file), name));
    expect(files.length).toBeGreaterThan(2);
    const ordered = [...files.filter(name => name !== file), ...files.filter(name => name === file)];
    expect(await verifyTrail(ordered)).toMatchObject({ lines: 20, faults: [] });
    expect((await verifyTrail(ordered.toSpliced(1, 1))).faults.length).toBeGreaterThan(0);
  });

  it('rejects an intent that cannot be written, but not an outcome', async () => {
    file = path.join(path.dirname(file), 'a-file', 'audit.jsonl');
    appendFileSync(path.dirname(file), 'not a directory');
    const audit = service();
    await expect(audit.intent({ ...who, request_id: 'a' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(
      audit.outcome({ ...who, request_id: 'a', outcome: 'ok', rows: 0, bytes: 0, duration_ms: 1 }),
    ).resolves.toBeUndefined();
  });
});
