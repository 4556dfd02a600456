// `npm test`: installs what is missing, then every check of this repository. Arguments go to Jest:
// `npm test -- --selectProjects unit` runs only that.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, node, root, run } from './ensure-install.mjs';

ensureInstalled();

const jestArguments = process.argv.slice(2);
const whole = jestArguments.length === 0;
/** Only a whole run can tell which requirements no test has verified, and how much of the code the tests run. */
const wholeRun = [
  '--reporters=default',
  `--reporters=${path.join(root, 'test', 'support', 'requirements.reporter.ts')}`,
  '--coverage',
];
const steps = [
  ['format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']],
  // As the demo builds, so that a test of it finds nothing to build while others run from dist/.
  ['build', ensureBuilt],
  ['types', 'npm', ['run', '-s', 'typecheck']],
  ['lint', 'npm', ['run', '-s', 'lint']],
  [
    'tests',
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      // V8 of Node 24 sometimes ends a Jest worker in the threads that sweep pages of compiled code: SIGTRAP with "Check
      // failed: jit_page.has_value()", or SIGSEGV where the first flag leaves the check out
      // (github.com/archestra-ai/archestra/pull/6177). With the second one the garbage collector has no such threads.
      '--no-memory-protection-keys',
      '--single-threaded-gc',
      path.join('node_modules', 'jest', 'bin', 'jest.js'),
      '--maxWorkers=2',
      ...(whole ? wholeRun : jestArguments),
    ],
  ],
].filter(([name]) => whole || name === 'tests' || (name === 'build' && !existsSync(path.join(root, 'dist'))));

for (const [name, command, args] of steps) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const status = typeof command === 'function' ? command() : run(command, args);
  if (status) {
    console.error(`== ${name} failed`);
    process.exit(status);
  }
  console.log(`== ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

if (whole)
  console.log(
    '\n== coverage: the figures above are of src/, by all tests in the processes of Jest. What servers run that tests start as' +
      '\n   processes of their own (the demo, nginx, replicas, doctor and other commands) is not counted. Details: coverage/lcov.info',
  );
if (!process.env.TEST_MCP_CLIENTS)
  console.log(
    '\n== not run: test/applications, which needs Claude Code and Codex (TEST_MCP_CLIENTS; see CONTRIBUTING.md)',
  );
if (!process.env.TEST_MSSQL_URL)
  console.log('\n== not run: test/sqlserver, which needs a SQL Server (TEST_MSSQL_URL; see CONTRIBUTING.md)');
