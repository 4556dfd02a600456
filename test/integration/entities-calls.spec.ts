import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DatabaseModule } from '../../src/database/database.module.js';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import { EntitiesModule } from '../../src/database/entities/entities.module.js';
import { TenantEntities } from '../../src/database/entities/tenant-entities.js';
import { Tool } from '../../src/tools/tool.decorator.js';
import type { ToolCall, ToolHandler } from '../../src/tools/tool.js';
import { openTestDatabase, testCall, type TestDatabase } from '../support/database.js';
import { Buyer, ENTITIES, ENTITY_TABLES, Note, Purchase } from '../support/entities.js';
import { ENDLESS } from '../support/numbers.js';
import { stateSettings } from '../support/state-settings.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

const input = z.strictObject({});
const output = z.strictObject({ result: z.unknown() });
type Work = (manager: EntityManager, call: ToolCall) => unknown;
let work: Work = () => undefined;

@Tool({ name: 'work', title: 'Work', description: 'Works.', scope: 'sql:write', readOnly: false, input, output })
@Injectable()
class WorkTool implements ToolHandler<typeof input, typeof output> {
  constructor(private readonly entities: TenantEntities) {}

  async execute(_input: object, call: ToolCall): Promise<z.infer<typeof output>> {
    return { result: (await work(this.entities.manager(call), call)) ?? null };
  }
}

@Module({ imports: [DatabaseModule, EntitiesModule.register(ENTITIES)], providers: [WorkTool] })
class WorkModule {}

describe('the EntityManager of a call', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(ENTITY_TABLES);
    tools = await toolServices(database, {
      imports: [WorkModule],
      settings: { readOnly: false, confirmWrites: 'false' },
      limits: { poolMax: 1, poolWaitMs: 1_000 },
    });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const call = async (work_: Work, more: Partial<ToolCall> = {}) => {
    work = work_;
    return (await tools.call('work', {}, more)).data.result as unknown;
  };
  const notes = () => call(async manager => (await manager.find(Note)).map(({ code }) => code));
  const outcomeOf = async (requestId: string) => {
    let found: Record<string, unknown> | undefined;
    await until(`the outcome of ${requestId} is written`, () => {
      const lines = wholeLines(readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8'));
      const entries = lines.map(line => JSON.parse(line) as Record<string, unknown>);
      found = entries.find(entry => entry.request_id === requestId && entry.type === 'outcome');
      return found !== undefined;
    });
    return found;
  };

  it('leaves one audit record for each statement', async () => {
    await call(
      async manager => {
        await manager.insert(Buyer, { name: 'planted-name' });
        return manager.countBy(Buyer, { name: 'planted-name' });
      },
      { requestId: 'audited' },
    );
    const outcome = await outcomeOf('audited');
    expect(outcome).toMatchObject({
      outcome: 'ok',
      statements: [
        { kind: 'write', verdict: 'allowed', affected_rows: [1], parameters: { 0: 'nvarchar(4000)' } },
        { kind: 'read', verdict: 'allowed', rows: 1 },
      ],
    });
    expect(JSON.stringify(outcome)).not.toContain('planted-name');
  });

  it('says what is wrong when it is kept after the call has ended', async () => {
    const kept: { manager?: EntityManager; call?: ToolCall } = {};
    await call((manager, context) => void Object.assign(kept, { manager, call: context }));
    const ended = expect.objectContaining({
      code: 'INTERNAL',
      message: 'This EntityManager belongs to a call that has ended.',
      hint: expect.stringContaining('each call'),
    });
    await expect(kept.manager?.find(Note)).rejects.toEqual(ended);
    await expect(kept.manager?.transaction(inner => inner.find(Note))).rejects.toEqual(ended);
    await expect(kept.manager?.getRepository(Note).save({ code: 'x', text: null })).rejects.toEqual(ended);
    const late = tools.module.get(TenantEntities).manager(kept.call as ToolCall);
    await expect(late.find(Note)).rejects.toEqual(ended);
    expect(await notes()).toEqual([]);
  });

  it.each<[string, Work]>([
    ['forgets to await a statement', manager => void manager.query(ENDLESS)],
    [
      'forgets to end a transaction',
      async manager => {
        const runner = manager.dataSource.createQueryRunner();
        await runner.startTransaction();
        await runner.manager.insert(Note, { code: 'left', text: null });
      },
    ],
    [
      'forgets to await a transaction',
      (manager): void => {
        void manager.transaction(async inner => {
          await inner.insert(Note, { code: 'left', text: null });
          await inner.query(ENDLESS);
        });
      },
    ],
  ])('takes the session back from a tool that %s', async (what, forgetful) => {
    await call(forgetful, { requestId: what });
    // The statement was reported before the outcome, although nobody waited for it.
    if (what !== 'forgets to await a transaction') {
      expect((await outcomeOf(what))?.statements).toHaveLength(1);
    }
    const sessions = tools.module.get(SessionPool);
    await until('the only session is free', () => sessions.usage(tools.tenant).used === 0);
    expect(await notes()).toEqual([]);
  });

  it('takes the session back from a tool that throws in a transaction', async () => {
    const failing = call(async manager => {
      const runner = manager.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.insert(Note, { code: 'left', text: null });
      throw new Error('a fault of the tool');
    });
    await expect(failing).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await notes()).toEqual([]);
  });

  it('gives query runners and repositories of its own data source too', async () => {
    const result = await call(async manager => {
      const runner = manager.dataSource.createQueryRunner();
      const buyers = await runner.manager.count(Buyer);
      await runner.release();
      return [buyers, await manager.dataSource.getRepository(Buyer).count()];
    });
    expect(result).toEqual([1, 1]);
  });

  it.each(['Europe/Madrid', 'America/Los_Angeles', 'Asia/Kathmandu'])(
    'keeps dates as they are in a process in %s',
    async zone => {
      const args = ['--no-warnings', '--import', './test/support/ts-hooks.mjs', 'test/support/entities-child.ts'];
      const { stdout } = await promisify(execFile)(process.execPath, [...args, JSON.stringify(database.config)], {
        env: { PATH: process.env.PATH, TZ: zone },
      });
      const lines = wholeLines(stdout).filter(line => line.startsWith('{"clock"'));
      const { clock, ...values } = JSON.parse(lines[0] ?? '{}') as { clock: number[] };
      expect(clock).not.toEqual([0, 0]);
      expect(values).toEqual({
        texts: [
          {
            placed: '2026-03-29T01:30:00.120',
            entered: '2026-03-29T01:30:00.120',
            day: '2026-10-25',
            sent: '2026-10-25T00:30:00+00:00',
          },
        ],
        read: expect.objectContaining({
          placed: '2026-03-29T01:30:00.120Z',
          entered: '2026-03-29T01:30:00.120Z',
          day: '2026-10-25',
          opens: '02:30:00.000',
          sent: '2026-10-25T00:30:00.000Z',
        }),
        found: 1,
        born: '2026-03-29',
      });
    },
  );
});

describe('the registration of entities', () => {
  const start = (...classes: Parameters<typeof EntitiesModule.register>[0]) => {
    @Module({ imports: [DatabaseModule, EntitiesModule.register(classes), EntitiesModule.register([Note])] })
    class Team {}
    return Test.createTestingModule({ imports: [stateSettings(), Team] })
      .compile()
      .then(async module => {
        await module.init();
        return module;
      });
  };

  it('takes the entities of several modules', async () => {
    const module = await start(Note, Buyer, Purchase);
    const { dataSource } = module.get(TenantEntities).manager(testCall({} as never));
    expect(dataSource.entityMetadatas.map(({ name }) => name).sort()).toEqual(['Buyer', 'Note', 'Purchase']);
    await module.close();
  });

  it('keeps the server from starting when an entity is at fault', async () => {
    class Plain {}
    await expect(start(Plain)).rejects.toMatchObject({
      faults: ['EntitiesModule.register: Plain has no @Entity or @ViewEntity'],
    });
    await expect(start(Buyer)).rejects.toMatchObject({ faults: [expect.stringContaining('Buyer#purchases')] });
  });

  it('is missed by a manager without it', async () => {
    const module = await Test.createTestingModule({ imports: [stateSettings(), DatabaseModule] }).compile();
    await module.init();
    expect(() => module.get(TenantEntities).manager(testCall({} as never))).toThrow(
      'No module has registered entities',
    );
    await module.close();
  });
});
