import { describe, expect, it } from '@jest/globals';
import type { DescribedModule } from '../../database/policy/modules/described-module.js';
import { givenNames } from './procedure-tool.js';

describe('the arguments of a procedure', () => {
  it('are those that the call has, not members that every object has', () => {
    const names = ['constructor', 'toString', 'country', 'count'];
    const module = { parameters: names.map(name => ({ name })) } as unknown as DescribedModule;
    expect([...givenNames(module, { country: null, count: undefined })]).toEqual(['country']);
  });
});
