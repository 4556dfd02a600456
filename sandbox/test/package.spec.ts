import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const PACKAGE = path.join(import.meta.dirname, '..');

/** Checks the package as users install it; `npm run build` must have run before. */
describe('the package', () => {
  let folder: string;

  beforeAll(() => {
    // The folder is below the package, so that its node_modules are found.
    folder = mkdtempSync(path.join(PACKAGE, 'test', '.consumer-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the built program, its types and the README, and no tests', () => {
    const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: PACKAGE });
    const [{ files }] = JSON.parse(report.toString()) as [{ files: { path: string }[] }];
    const paths = files.map(file => file.path);
    expect(paths).toEqual(
      expect.arrayContaining(['README.md', 'bin/tsql-sandbox.js', 'dist/index.js', 'dist/index.d.ts', 'dist/cli.js']),
    );
    expect(paths.filter(file => /\.spec\.|testing\/|^src\//.test(file))).toEqual([]);
  });

  it('gives its types to a strict TypeScript program', () => {
    expect(existsSync(path.join(PACKAGE, 'dist/index.d.ts'))).toBe(true);
    const file = path.join(folder, 'consumer.ts');
    writeFileSync(
      file,
      `import { startSandbox, type Fault, type Sandbox, type SandboxOptions } from 'tsql-sandbox';
       const faults: Fault[] = [{ kind: 'raise-error', number: 1205, text: 'UPDATE', times: 1 }];
       const options: SandboxOptions = { seed: { sql: 'SELECT 1' }, users: [{ name: 'a', password: 'b' }], faults };
       export const sandbox: Sandbox = await startSandbox(options);
       // @ts-expect-error there is no such seed
       export const other = startSandbox({ seed: 'nothing' });`,
    );
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      noEmit: true,
      types: ['node'],
    });
    const faults = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText, file: where }) => [where?.fileName, messageText]);
    expect(faults).toEqual([]);
    expect(program.getSourceFiles().some(({ fileName }) => fileName.includes('/sandbox/src/'))).toBe(false);
  });
});
