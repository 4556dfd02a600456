import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SchemaIndexes } from '../../src/search/index/schema-indexes.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { erp } from '../support/erp/erp.js';
import { QUESTIONS } from '../support/erp/questions.js';
import { type Score, scoreOf } from '../support/erp/score.js';
import { erpBatches } from '../support/erp/script.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/** The generated ERP of 1,500 tables in a real database, and its 100 questions asked through the tool. */
describe('search_schema in an ERP of 1,500 tables', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  const scores: { readonly ask: string; readonly bytes: number; readonly score: Score }[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const batch of erpBatches(erp())) await database.execute(batch);
    tools = await toolServices(database);
    await tools.call('search_schema', { words: 'customers' });
    await tools.module.get(SchemaIndexes).settled(tools.tenant);
    for (const question of QUESTIONS) {
      const { data, text } = await tools.call('search_schema', { words: question.ask });
      scores.push({ ask: question.ask, bytes: Buffer.byteLength(text), score: scoreOf(question, data) });
    }
  }, 120_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const failing = (part: keyof Score) => scores.filter(({ score }) => score[part] === false).map(({ ask }) => ask);

  it('has the right table among the first three for at least 90 of 100 questions', () => {
    expect(scores).toHaveLength(100);
    expect(failing('table').slice(10)).toEqual([]);
  });

  it('has every step of the join for at least 90 % of the questions that need one', () => {
    const needed = scores.filter(({ score }) => score.join !== undefined).length;
    expect(needed).toBe(40);
    expect(failing('join').slice(needed * 0.1)).toEqual([]);
  });

  it('has the spelling of the value for at least 18 of 20 questions that need one', () => {
    expect(failing('value').slice(2)).toEqual([]);
  });

  it('answers in at most 8,000 bytes', () => {
    expect(Math.max(...scores.map(({ bytes }) => bytes))).toBeLessThanOrEqual(8_000);
  });
});
