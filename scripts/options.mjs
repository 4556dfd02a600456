// Reads the options of the scripts. --help prints the help and exits with 0; a faulty option prints the fault and the
// help, and exits with 2.
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

export function refuse(message, help) {
  console.error(`${path.basename(process.argv[1], '.mjs')}: ${message}\n\n${help}`);
  process.exit(2);
}

export function readOptions(options, help, args = process.argv.slice(2)) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h', default: false } } }));
  } catch (error) {
    refuse(error.message, help);
  }
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  return values;
}

/** Tells whether Node was started with this script, also through a symbolic link, and not another that imports it. */
export function isStarted(script) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === script;
}

/** The variable NAME, or the content of the file that NAME_FILE names (a Docker secret); undefined when neither is set. */
export function secret(name) {
  const file = process.env[`${name}_FILE`];
  return file ? readFileSync(file, 'utf8').replace(/\r?\n$/, '') : process.env[name];
}
