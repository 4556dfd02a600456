import { readFileSync } from 'node:fs';
import password from '@inquirer/password';
import { AppError } from '../common/app-error.js';
import { ConfigError } from '../config/faults.js';
import { readUsersFilePath } from '../config/read-config.js';
import { runUsers } from './users-commands.js';

/**
 * The password: piped in, or typed at a prompt that shows nothing. Never an argument: those are seen by every process.
 */
async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  // To standard error: standard output has the command's answer only.
  return password({ message: 'Password:' }, { output: process.stderr });
}

try {
  process.stdout.write(await runUsers(process.argv.slice(2), readUsersFilePath(), askPassword));
} catch (error) {
  // Ctrl-C at the prompt.
  if (error instanceof Error && error.name === 'ExitPromptError') process.exit(130);
  if (!(error instanceof AppError) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error instanceof ConfigError ? error.faults.join('\n') : error.message}\n`);
  process.exitCode = 1;
}
