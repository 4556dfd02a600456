import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setLogLevel } from '../common/log.js';
import { ServerConfig } from '../config/server.config.js';
import { StateCipher } from '../state/state-cipher.js';
import { AuditService } from './audit.service.js';
import { HeadFile } from './head-file.js';
import { Retention } from './retention.js';
import { trailFiles } from './trail-files.js';
import { HEAD_KEY, headPathOf, openHead, type TrailHead } from './trail-head.js';
import { verifyTrail } from './verify-trail.js';

const DAY_MS = 86_400_000;
const EVERYTHING_BUT_DATE = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

describe('the head of the audit trail', () => {
  let file: string;
  let headFile: string;
  const cipher = new StateCipher(randomBytes(32));
  const key = cipher.derive(HEAD_KEY);
  const config = (more: object = {}) => Object.assign(new ServerConfig(), { auditFile: file, ...more });
  const service = (more: object = {}) => new AuditService(config(more), cipher);
  const event = (tenant: string) => ({ event: 'sign_in', tenant, principal: 'ann' }) as const;
  const named = (text = readFileSync(headFile, 'utf8')) => {
    const head = openHead(text, [key])?.head;
    return head === undefined ? undefined : { file: headFile, head };
  };
  const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
  const rewrite = (changed: readonly string[]) => writeFileSync(file, changed.map(line => `${line}\n`).join(''));
  const faults = async () => (await verifyTrail(trailFiles(file), named())).faults.map(({ what }) => what);

  /** Two processes, each with a chain for `demo` and one for `other`. */
  async function trail(): Promise<readonly string[]> {
    for (const _process of [1, 2]) {
      const audit = service();
      await audit.oauthEvent(event('demo'));
      await audit.oauthEvent(event('other'));
      await audit.onApplicationShutdown();
    }
    return lines();
  }

  beforeEach(() => {
    setLogLevel('silent');
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'audit-head-')), 'audit.jsonl');
    headFile = headPathOf(file);
  });

  it('lists every chain, and a whole trail has no faults', async () => {
    await trail();
    expect(Object.values(named()?.head.chains ?? {})).toEqual(
      Array.from({ length: 4 }, () => ({ seq: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/), ended: true })),
    );
    expect(await verifyTrail([file], named())).toMatchObject({ chains: 4, unlisted: [], faults: [] });
  });

  it('shows that a whole chain was removed, which the lines alone do not show', async () => {
    const whole = await trail();
    const last = String((JSON.parse(whole.at(-1) ?? '') as { chain: string }).chain);
    rewrite(whole.filter(line => !line.includes(`"chain":"${last}"`)));
    expect((await verifyTrail([file])).faults).toEqual([]);
    expect(await faults()).toEqual([`the chain ${last} is missing; it has 3 line(s) in the head`]);
    rmSync(file);
    writeFileSync(file, '');
    expect(await faults()).toHaveLength(4);
  });

  it('shows that a chain was cut at its end', async () => {
    const whole = await trail();
    rewrite(whole.slice(0, -1));
    expect((await verifyTrail([file])).faults).toEqual([]);
    expect(await faults()).toEqual([
      expect.stringMatching(/is cut: it has 3 line\(s\) in the head and 2 in the trail/),
    ]);
  });

  it('may be older than the trail', async () => {
    await trail();
    const earlier = named();
    const audit = service();
    await audit.oauthEvent(event('demo'));
    await audit.onApplicationShutdown();
    expect(await verifyTrail([file], earlier)).toMatchObject({ chains: 5, unlisted: [expect.any(String)], faults: [] });
  });

  it('is not needed for a trail of 2.0.0', async () => {
    await trail();
    rmSync(headFile);
    expect(await verifyTrail([file])).toMatchObject({ chains: 4, unlisted: [], faults: [] });
    const audit = service();
    await audit.oauthEvent(event('demo'));
    await audit.onApplicationShutdown();
    const report = await verifyTrail([file], named());
    expect([report.faults, report.unlisted.length]).toEqual([[], 4]);
  });

  it('opens with its key or an earlier one only, and not when a letter was changed', async () => {
    await trail();
    const text = readFileSync(headFile, 'utf8');
    expect(openHead(text, [randomBytes(32), key])?.sealed).toBe(true);
    expect(openHead(text, [randomBytes(32)])).toBeUndefined();
    expect(openHead(text.replace('"seq":2', '"seq":1'), [key])).toBeUndefined();
    expect(openHead(text, undefined)?.sealed).toBeUndefined();
    for (const broken of ['', '{}', text.slice(0, -20), `{"mac":"00","head":{}}`])
      expect(openHead(broken, [key])).toBeUndefined();
  });

  it('keeps a head that somebody changed beside the new one, and begins again', async () => {
    await trail();
    writeFileSync(headFile, readFileSync(headFile, 'utf8').replace('"seq":2', '"seq":1'));
    const audit = service();
    await audit.oauthEvent(event('demo'));
    await audit.onApplicationShutdown();
    expect(readdirSync(path.dirname(file)).filter(name => name.includes('.refused-'))).toHaveLength(1);
    expect(Object.keys(named()?.head.chains ?? {})).toHaveLength(1);
  });

  it('is refused once by each of two servers with different keys, and not for ever', async () => {
    const others = [key, randomBytes(32)].map(own => new HeadFile(headFile, [own], 60_000));
    for (let round = 0; round < 4; round++) {
      for (const [i, other] of others.entries()) {
        other.note(`demo/${i}`, { seq: round, hash: 'h' });
        await other.flush();
      }
    }
    expect(readdirSync(path.dirname(file)).filter(name => name.includes('.refused-'))).toHaveLength(2);
  });

  it('has the chains of all processes that write one trail, and leaves no other files', async () => {
    const writers = Array.from({ length: 8 }, () => new HeadFile(headFile, [key], 1));
    await Promise.all(
      writers.map(async (writer, i) => {
        for (let seq = 0; seq < 20; seq++) {
          writer.note(`demo/${i}`, { seq, hash: String(seq) });
          if (seq % 7 === 0) await writer.flush();
        }
        await writer.flush();
      }),
    );
    const chains = Object.entries(named()?.head.chains ?? {}).sort();
    expect(chains).toEqual(Array.from({ length: 8 }, (_, i) => [`demo/${i}`, { seq: 19, hash: '19' }]));
    expect(readdirSync(path.dirname(file))).toEqual(['audit.head']);
  });

  it('has a limit, at which chains that ended leave first', async () => {
    const writer = new HeadFile(headFile, [key], 60_000);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 900; i++) writer.note(`x/${round}.${i}`, { seq: 1, hash: 'h', ended: i > 0 });
      await writer.flush();
    }
    const { chains, unlisted } = named()?.head as TrailHead;
    expect([Object.keys(chains).length, unlisted]).toEqual([2_000, 700]);
    expect(Object.keys(chains)).toEqual(expect.arrayContaining(['x/0.0', 'x/1.0', 'x/2.899']));
    expect(Buffer.byteLength(readFileSync(headFile))).toBeLessThan(300_000);
  });

  it('says which files AUDIT_KEEP_DAYS removed, and the rest of the trail has no faults', async () => {
    jest.useFakeTimers({ now: Date.parse('2026-01-01T10:00:00Z'), doNotFake: EVERYTHING_BUT_DATE });
    try {
      const keep = { auditKeep: 2 * 86_400 };
      const idle = service(keep);
      await idle.oauthEvent(event('demo'));
      const busy = service(keep);
      for (let day = 1; day <= 6; day++) {
        await busy.oauthEvent(event('demo'));
        await busy.oauthEvent(event('other'));
        jest.setSystemTime(Date.now() + DAY_MS);
      }
      const before = trailFiles(file);
      expect(before.length).toBeGreaterThanOrEqual(6);
      const removed = await new Retention(config(keep), busy).removeOld();
      expect(removed.length).toBeGreaterThanOrEqual(2);
      expect(trailFiles(file)).toEqual(before.filter(name => !removed.includes(name)));
      await idle.oauthEvent(event('demo'));
      await idle.onApplicationShutdown();
      await busy.onApplicationShutdown();
      const report = await verifyTrail(trailFiles(file), named());
      expect(report).toMatchObject({ chains: 3, open: [], unlisted: [], faults: [] });
      expect(named()?.head.removed.files).toMatchObject(removed.map(name => ({ file: path.basename(name) })));
      // Without the sealed record the same files are missing, and further ones are missing with it.
      expect((await verifyTrail(trailFiles(file))).faults.length).toBeGreaterThan(0);
      rmSync(trailFiles(file)[0] ?? '');
      expect((await faults()).length).toBeGreaterThan(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
