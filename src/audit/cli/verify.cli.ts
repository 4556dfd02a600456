import { readdirSync } from 'node:fs';
import path from 'node:path';
import { verifyTrail } from '../verify-trail.js';

/** `npm run audit:verify [-- file …]`: 0 when the trail is whole, 1 when it is not, 2 when there is none. */
async function main(): Promise<number> {
  const given = process.argv.slice(2);
  const files = given.length > 0 ? given : trailAt(path.join('var', 'audit.jsonl'));
  if (files.length === 0) {
    console.error('There is no audit trail at var/audit.jsonl; name its files, oldest first.');
    return 2;
  }
  const report = await verifyTrail(files);
  console.log(`${report.lines} lines in ${report.chains} chains, ${files.length} file(s).`);
  for (const chain of report.open) console.log(`The chain ${chain} has no end: its process runs, or died.`);
  if (report.unfinished.length > 0) console.log(`${report.unfinished.length} call(s) have an intent and no outcome.`);
  if (report.lost > 0) console.log(`${report.lost} record(s) could not be written, as the trail itself says.`);
  for (const { file, line, what } of report.faults) console.error(`${file}:${line}: ${what}`);
  console.log(report.faults.length === 0 ? 'The trail is whole.' : `${report.faults.length} fault(s) found.`);
  return report.faults.length === 0 ? 0 : 1;
}

/** A trail's rotated files sort by the time in their names, before the one that is being written. */
function trailAt(current: string): readonly string[] {
  const { dir, name, ext } = path.parse(current);
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  const rotated = names.filter(file => file.startsWith(`${name}-`) && file.endsWith(ext)).sort();
  return [...rotated, ...names.filter(file => file === `${name}${ext}`)].map(file => path.join(dir, file));
}

main().then(
  code => (process.exitCode = code),
  (error: unknown) => {
    console.error(`The trail could not be read: ${(error as Error).message}`);
    process.exitCode = 2;
  },
);
