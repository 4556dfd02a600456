import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { trailFiles } from '../audit/trail-files.js';
import { HEAD_KEY, headPathOf, MAX_HEAD_BYTES, openHead } from '../audit/trail-head.js';
import { type NamedHead, type TrailReport, verifyTrail } from '../audit/verify-trail.js';
import { ConfigError } from '../config/faults.js';
import { readAuditConfig } from '../config/namespaces/audit.config.js';
import { readStateConfig } from '../config/namespaces/state.config.js';
import { readNamespace } from '../config/read-settings.js';
import { StateCipher } from '../state/state-cipher.js';
import { knownStateKeys } from '../state/state-key.js';
import { UsageError } from './command.js';

/** The trail, or the head, could not be checked. */
class Unreadable extends Error {
  constructor(
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

/** Verifies the files of a trail and prints what it found. Returns the exit code. Throws UsageError. */
export async function verify(args: readonly string[]): Promise<number> {
  const { head: headPath, named } = readArguments(args);
  try {
    const files = named.length > 0 ? named : configuredTrail();
    const current = files.at(-1);
    if (current === undefined) throw new Unreadable('There is no file to verify.');
    const head = readHead(headPath, headPathOf(current));
    const report = await verifyTrail(files, head);
    print(report, files.length, head);
    return report.faults.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const isOurs = error instanceof Unreadable;
    console.error(isOurs ? error.message : `The trail could not be read: ${(error as Error).message}`);
    return isOurs ? error.exitCode : 2;
  }
}

/** The files of the trail that AUDIT_FILE names, for the server and for this command. Throws ConfigError. */
function configuredTrail(): readonly string[] {
  const { auditFile } = readNamespace(readAuditConfig);
  if (auditFile === 'stdout')
    throw new Unreadable('AUDIT_FILE is stdout; name the files in which the log was kept, oldest first.');
  const files = trailFiles(auditFile);
  if (files.length === 0)
    throw new Unreadable(`There is no audit trail at ${auditFile}; set AUDIT_FILE, or name its files, oldest first.`);
  return files;
}

function readArguments(args: readonly string[]): {
  readonly head?: string | undefined;
  readonly named: readonly string[];
} {
  try {
    const options = { head: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    return { head: values.head, named: positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function print(report: TrailReport, files: number, named: NamedHead | undefined): void {
  console.log(`${report.lines} lines in ${report.chains} chains, ${files} file(s).`);
  for (const chain of report.open) console.log(`The chain ${chain} has no end: its process runs, or died.`);
  if (report.unfinished.length > 0) console.log(`${report.unfinished.length} call(s) have an intent and no outcome.`);
  if (report.lost > 0) console.log(`${report.lost} record(s) could not be written, as the trail itself says.`);
  if (named === undefined) console.log('There is no head file, so a chain that was removed as a whole is not noticed.');
  else printHead(report, named);
  for (const { file, line, what } of report.faults) console.error(`${file}:${line}: ${what}`);
  console.log(report.faults.length === 0 ? 'The trail is whole.' : `${report.faults.length} fault(s) found.`);
}

function printHead(report: TrailReport, { file, head }: NamedHead): void {
  const { removed, chains, unlisted } = head;
  console.log(`${file} of ${head.written_at} lists ${Object.keys(chains).length} chain(s).`);
  if (unlisted > 0) console.log(`${unlisted} older chain(s) are no longer listed there.`);
  if (report.unlisted.length > 0) console.log(`${report.unlisted.length} chain(s) of the trail are not listed there.`);
  if (removed.earlier > 0) console.log(`AUDIT_KEEP_DAYS removed ${removed.earlier} file(s) before those below.`);
  for (const { file: name, lines, from, until, removed_at } of removed.files)
    console.log(`AUDIT_KEEP_DAYS removed ${name} on ${removed_at}: ${lines} lines, ${from} to ${until}.`);
}

function readHead(given: string | undefined, beside: string): NamedHead | undefined {
  const file = given ?? beside;
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined && given === undefined) return undefined;
  if (size === undefined) throw new Unreadable(`There is no head file ${file}.`);
  if (size > MAX_HEAD_BYTES) throw new Unreadable(`${file} is too large for a head file.`);
  const keys = headKeys();
  // Whoever names a head wants it checked; the one beside the trail is better than none.
  if (keys === undefined && given !== undefined)
    throw new Unreadable('Set STATE_KEY to that of the server, which sealed the head.');
  const opened = openHead(readFileSync(file, 'utf8'), keys);
  if (opened === undefined) throw new Unreadable(`${file} was changed, or sealed with another STATE_KEY.`, 1);
  if (keys === undefined) console.log(`STATE_KEY is not set, so the seal of ${file} was not checked.`);
  return { file, head: opened.head };
}

/** Undefined when this machine has no STATE_KEY. */
function headKeys(): readonly Buffer[] | undefined {
  try {
    const keys = knownStateKeys(readNamespace(readStateConfig)).map(key => new StateCipher(key).derive(HEAD_KEY));
    return keys.length === 0 ? undefined : keys;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
