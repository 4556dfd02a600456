import { MEGABYTES } from '../src/database/policy/fixtures/megabytes.fixture.js';
import { checkRead } from '../src/database/policy/statement-policy.js';

// Measures the statement policy on a megabyte and on a quarter of it. If its time is linear, the ratio is about 4.
const RULES = { allowMultipleStatements: false, allowThreePartNames: false, database: 'Db', access: {} };
const RUNS = 20;

/**
 * The mean processor time of this thread in milliseconds. Processor time does not include other load on the machine.
 * Several runs are needed, because its steps are longer than a single run.
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
