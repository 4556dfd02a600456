import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { AppError } from '../common/app-error.js';
import { ConfigError } from '../config/faults.js';
import { readUsersFilePath } from '../config/read-config.js';
import { runUsers } from './users-commands.js';

/** The password: piped in, or typed at a prompt that shows nothing. Never an argument: those are seen by every process. */
async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  process.stderr.write('Password: ');
  const silent = terminal as unknown as { _writeToOutput(text: string): void };
  silent._writeToOutput = () => undefined;
  const password = await terminal.question('');
  terminal.close();
  process.stderr.write('\n');
  return password;
}

try {
  process.stdout.write(await runUsers(process.argv.slice(2), readUsersFilePath(), askPassword));
} catch (error) {
  if (!(error instanceof AppError) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error instanceof ConfigError ? error.faults.join('\n') : error.message}\n`);
  process.exitCode = 1;
}
