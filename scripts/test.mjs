// `npm test`: installs what is missing, then every check of this repository. Arguments go to Jest:
// `npm test -- --selectProjects unit` runs only that.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, node, root, run } from './ensure-install.mjs';

ensureInstalled();

const jestArguments = process.argv.slice(2);
const whole = jestArguments.length === 0;
/** Only a whole run can tell that a requirement was verified by no test. */
const reporters = [
  '--reporters=default',
  `--reporters=${path.join(root, 'test', 'support', 'requirements.reporter.ts')}`,
];
const steps = [
  ['format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['build', 'npm', ['run', '-s', 'build']],
  ['types', 'npm', ['run', '-s', 'typecheck']],
  ['lint', 'npm', ['run', '-s', 'lint']],
  [
    'tests',
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      path.join('node_modules', 'jest', 'bin', 'jest.js'),
      '--maxWorkers=2',
      ...(whole ? reporters : jestArguments),
    ],
  ],
].filter(([name]) => whole || name === 'tests' || (name === 'build' && !existsSync(path.join(root, 'dist'))));

for (const [name, command, args] of steps) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const status = run(command, args);
  if (status !== 0) {
    console.error(`== ${name} failed`);
    process.exit(status);
  }
  console.log(`== ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

if (!process.env.TEST_MSSQL_URL)
  console.log('\n== not run: test/sqlserver, which needs a SQL Server (TEST_MSSQL_URL; see CONTRIBUTING.md)');
