import { MEGABYTES } from '../src/database/policy/megabytes.fixture.js';
import { checkRead } from '../src/database/policy/statement-policy.js';

// The statement policy on a megabyte, and on a quarter of it: linear time is a ratio of about 4.
const RULES = { allowMultipleStatements: false, allowThreePartNames: false, database: 'Db', access: {} };
const RUNS = 20;

/**
 * Milliseconds of this thread's processor time at the mean: what others do on this machine is no cost of the policy, and
 * the system counts in steps that a single run is too short for.
 */
function cost(text: string): number {
  checkRead(text, RULES);
  const started = process.threadCpuUsage();
  for (let run = 0; run < RUNS; run++) checkRead(text, RULES);
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000 / RUNS;
}

for (const [name, text] of MEGABYTES) {
  const whole = cost(text);
  const quarter = cost(text.slice(0, text.length / 4));
  console.log(
    `${name.padEnd(18)} 1 MB ${whole.toFixed(1).padStart(6)} ms   ratio to a quarter ${(whole / quarter).toFixed(1)}`,
  );
}
