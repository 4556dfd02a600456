import { readdirSync } from 'node:fs';
import path from 'node:path';
import { verifyTrail } from '../audit/verify-trail.js';

const USAGE = `Usage: npm run audit:verify [-- FILE …]

Verifies the files of one audit trail, oldest first; without arguments var/audit.jsonl and the files it was renamed to.
Exit code: 0 the trail is whole, 1 it has faults, 2 it could not be read.`;

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  if (given.some(argument => argument.startsWith('-'))) {
    console.log(USAGE);
    return given.includes('--help') || given.includes('-h') ? 0 : 2;
  }
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

/** The rotated files of a trail sort by the time in their names; the current file is the last. */
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
