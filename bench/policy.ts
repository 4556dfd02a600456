import { MEGABYTES } from '../src/database/policy/megabytes.fixture.js';
import { checkRead } from '../src/database/statement-policy.js';

// The statement policy on a megabyte, and on a quarter of it: linear time is a ratio of about 4.
const RULES = { allowMultipleStatements: false, allowThreePartNames: false, database: 'Db', access: {} };
const RUNS = 7;

function best(text: string): number {
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    checkRead(text, RULES);
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

for (const [name, text] of MEGABYTES) {
  const whole = best(text);
  const quarter = best(text.slice(0, text.length / 4));
  console.log(
    `${name.padEnd(18)} 1 MB ${whole.toFixed(1).padStart(6)} ms   ratio to a quarter ${(whole / quarter).toFixed(1)}`,
  );
}
