import type { Command } from './command.js';

/** Commands by name. Each is loaded only when the command or its help is asked for. */
export type Commands = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>;

/** The commands in the order of `mssql-mcp --help`; `completion`, which describes them, follows in main.ts. */
export const COMMANDS: Commands = {
  demo: () => import('./commands/demo.command.js'),
  stdio: () => import('./commands/stdio.command.js'),
  serve: () => import('./commands/serve.command.js'),
  doctor: () => import('./commands/doctor.command.js'),
  users: () => import('./commands/users.command.js'),
  tokens: () => import('./commands/tokens.command.js'),
  knowledge: () => import('./commands/knowledge.command.js'),
  cache: () => import('./commands/cache.command.js'),
  evaluate: () => import('./commands/evaluate.command.js'),
  audit: () => import('./commands/audit.command.js'),
};
