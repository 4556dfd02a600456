import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditConfig } from '../config/namespaces/audit.config.js';
import type { AuditedStatement, AuditLine } from './audit-entry.js';
import { AuditChain } from './audit-chain.js';
import { StatementTrail } from './statement-trail.js';

const A = hash('sha256', 'SELECT 1', 'hex');
const B = hash('sha256', 'SELECT 2', 'hex');

describe('the people of a statement in the audit trail', () => {
  let directory: string;
  let file: string;
  let chain: AuditChain;
  let time: number;

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-statement-trail-'));
    file = path.join(directory, 'audit.jsonl');
    chain = new AuditChain('t/x');
    time = Date.UTC(2026, 0, 1);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const line = (principal: string, statements: Partial<AuditedStatement>[], more: object = {}) =>
    chain.add((more as AuditLine).type ?? 'outcome', new Date(time++).toISOString(), {
      tenant: 'demo',
      principal,
      statements: statements.map(each => ({ kind: 'read', verdict: 'allowed', rows: 0, ...each })),
      ...more,
    });
  const search = (auditFile = file) =>
    new StatementTrail(Object.assign(new AuditConfig(), { auditFile })).runsOf('demo', new Set([A, B]));

  it('are those who ran it in this tenant, the last one first', async () => {
    const lines = [
      line('ann', [{ hash: A }]),
      line('ann', [{ hash: A }, { hash: B }]),
      line('bob', [{ hash: A }]),
      line('eve', [{ hash: A, verdict: 'refused' }]),
      line('eve', [{ hash: A, kind: 'plan' }]),
      line('eve', [{ hash: A }], { tenant: 'other' }),
      line('eve', [{ hash: A }], { type: 'intent' }),
      line('eve', [{ hash: hash('sha256', 'SELECT 3', 'hex') }]),
    ];
    writeFileSync(file, lines.join(''));
    const found = await search();
    expect(found?.get(A)).toEqual([
      { principal: 'bob', runs: 1, last: '2026-01-01T00:00:00.002Z' },
      { principal: 'ann', runs: 2, last: '2026-01-01T00:00:00.001Z' },
    ]);
    expect(found?.get(B)).toEqual([{ principal: 'ann', runs: 1, last: '2026-01-01T00:00:00.001Z' }]);
  });

  it('are read from the older files too, and five at most', async () => {
    writeFileSync(path.join(directory, 'audit-20251231T000000000Z-00001.jsonl'), line('old', [{ hash: B }]));
    writeFileSync(file, Array.from({ length: 7 }, (_, i) => line(`p${i}`, [{ hash: A }])).join(''));
    const found = await search();
    expect(found?.get(B)).toEqual([expect.objectContaining({ principal: 'old' })]);
    expect(found?.get(A)?.map(({ principal }) => principal)).toEqual(['p6', 'p5', 'p4', 'p3', 'p2']);
  });

  it('are searched in the newest 32 MB only', async () => {
    const old = line('old', [{ hash: A }]);
    const filler = `{"filler":"${'x'.repeat(1_000_000)}"}\n`;
    writeFileSync(file, `${old}${filler.repeat(34)}${line('new', [{ hash: A }])}not JSON "hash":"${A}"\n`);
    expect((await search())?.get(A)).toEqual([expect.objectContaining({ principal: 'new', runs: 1 })]);
  });

  it('are nobody where there is no trail yet, and unknown where it is no file', async () => {
    expect(await search()).toEqual(new Map());
    for (const target of ['stdout', 'stderr', '-', '-2']) expect(await search(target)).toBeUndefined();
  });
});
