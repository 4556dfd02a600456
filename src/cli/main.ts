import { AppError } from '../common/app-error.js';
import { suggestion } from '../common/nearest-names.js';
import { StartupError } from '../common/startup-error.js';
import { VERSION } from '../common/version.js';
import { UsageError } from './command.js';
import { type Commands, COMMANDS } from './commands.js';
import { overview } from './overview.js';

const ALL: Commands = { ...COMMANDS, completion: () => import('./commands/completion.command.js') };

/** Runs `mssql-mcp` with these arguments and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    process.setSourceMapsEnabled(true);
    return await dispatch(args);
  } catch (error) {
    return report(error, args);
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  switch (name) {
    case undefined:
    case '-h':
    case '--help':
      return print(await overview(ALL));
    case '-v':
    case '--version':
      return print(`${VERSION}\n`);
    case 'help':
      return print(rest[0] === undefined ? await overview(ALL) : (await commandNamed(rest[0])).help);
    default: {
      const command = await commandNamed(name);
      return asksForHelp(rest) ? print(command.help) : command.run(rest);
    }
  }
}

async function commandNamed(name: string) {
  const load = Object.hasOwn(ALL, name) ? ALL[name] : undefined;
  if (load === undefined) {
    const what = name.startsWith('-') ? `unknown option "${name}"` : `unknown command "${name}"`;
    const nearest = suggestion(name, [...Object.keys(ALL), 'help', '--help', '--version']);
    throw new UsageError([`${what}.`, nearest].filter(Boolean).join(' '));
  }
  return (await load()).command;
}

/** Whether an argument asks for help; after `--` every argument is a value. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.some(arg => arg === '--help' || arg === '-h') || args[0] === 'help';
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Prints what an administrator can correct, without a stack. Any other error is a defect and keeps its stack. */
function report(error: unknown, [name]: readonly string[]): number {
  // Ctrl-C at a prompt.
  if (error instanceof Error && error.name === 'ExitPromptError') return 130;
  if (error instanceof UsageError) {
    const help = name !== undefined && Object.hasOwn(ALL, name) ? `mssql-mcp ${name} --help` : 'mssql-mcp --help';
    process.stderr.write(`mssql-mcp: ${error.message}\n"${help}" says how it is used.\n`);
    return 2;
  }
  if (!(error instanceof AppError) && !(error instanceof StartupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return 1;
}
