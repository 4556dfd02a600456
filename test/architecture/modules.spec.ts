import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface CruiseResult {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly ruleSetUsed: {
      readonly forbidden: readonly { readonly name: string; readonly from: { path?: string | string[] } }[];
    };
    readonly totalCruised: number;
    readonly violations: readonly { rule: { name: string }; from: string; to: string }[];
  };
}

async function cruise(): Promise<CruiseResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'src',
      'sandbox/src',
      'examples',
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as CruiseResult;
}

describe('the modules', () => {
  let result: CruiseResult;
  beforeAll(async () => {
    result = await cruise();
  }, 120_000);

  it('were read at all', () => {
    expect(result.summary.totalCruised).toBeGreaterThan(100);
  });

  it('each have a place in the order', () => {
    const placed = result.summary.ruleSetUsed.forbidden
      .filter(rule => rule.name.endsWith('-imports-nothing-above'))
      .flatMap(rule => rule.from.path ?? [])
      .map(pattern => new RegExp(pattern));
    // The top of the order may import everything, so no rule begins there.
    const top = /^src\/(?:main\.ts$|cli\/)/;
    const sources = result.modules.map(({ source }) => source).filter(source => source.startsWith('src/'));
    expect(sources.filter(source => !top.test(source) && !placed.some(place => place.test(source)))).toEqual([]);
  });

  it('import only modules on lower lines, without cycles', () => {
    expect(result.summary.violations.map(v => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });
});
