import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jest } from '@jest/globals';
import { MCP_REQUIREMENTS } from '../requirements/mcp.js';
import RequirementsReporter from '../support/requirements.reporter.js';
import { verifies } from '../support/verifies.js';

const OWN = path.join('test', 'architecture', 'requirements.spec.ts');
const specs = ['src', 'test', 'examples']
  .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => path.join(folder, file)))
  .filter(file => file.endsWith('.spec.ts') && file !== OWN)
  .map(file => ({ file, text: readFileSync(file, 'utf8') }));

describe('the requirements of MCP', () => {
  it('are numbered without gaps', () => {
    expect(MCP_REQUIREMENTS.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it('are each named by a call of verifies()', () => {
    const named = new Set(
      specs
        .flatMap(({ text }) => text.match(/\bverifies\([^)]*\)/g) ?? [])
        .flatMap(call => call.match(/MCP-\d+/g) ?? []),
    );
    expect(MCP_REQUIREMENTS.filter(({ id }) => !named.has(`MCP-${id}`))).toEqual([]);
  });

  it('are named nowhere else in a spec, where nothing checks that the test ran', () => {
    const elsewhere = specs.filter(({ text }) => /\bMCP-\d/.test(text.replace(/\bverifies\([^)]*\)/g, '')));
    expect(elsewhere.map(({ file }) => file)).toEqual([]);
  });
});

describe('a whole run', () => {
  const outer = process.env['VERIFIED_DIRECTORY'];
  let reporter: RequirementsReporter;
  beforeEach(() => {
    reporter = new RequirementsReporter();
    jest.spyOn(console, 'log').mockImplementation(() => {});
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    jest.restoreAllMocks();
    if (outer === undefined) delete process.env['VERIFIED_DIRECTORY'];
    else process.env['VERIFIED_DIRECTORY'] = outer;
  });

  const all = MCP_REQUIREMENTS.map(({ id }) => `MCP-${id}` as const);
  /** Reports that the test which is running now ended with this status. */
  const endWith = (status: string) => {
    const { testPath, currentTestName } = expect.getState();
    const testResults = [{ fullName: currentTestName ?? '', status }];
    reporter.onRunComplete(undefined, { testResults: [{ testFilePath: testPath ?? '', testResults }] });
    return reporter.getLastError()?.message;
  };

  it('passes when tests that passed verified every requirement', () => {
    verifies(...all);
    expect(endWith('passed')).toBeUndefined();
  });

  it('fails when no test named a requirement, and says which', () => {
    verifies(...all.filter(id => id !== 'MCP-38'));
    expect(endWith('passed')).toMatch(/MCP-38: .*progress/);
  });

  it.each([
    ['failed', 'failed'],
    ['was skipped', 'pending'],
  ])('fails when the only test that named a requirement %s', (_what, status) => {
    verifies(...all);
    expect(endWith(status)).toMatch(/MCP-1: /);
  });

  it('fails when no test ran at all', () => {
    expect(endWith('passed')).toMatch(/MCP-60: /);
  });
});
