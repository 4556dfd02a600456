import type { Commands } from './commands.js';

/** What can follow `mssql-mcp NAME`. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
}

/** Reads the words of every command from its help, so that a script offers exactly what the help describes. */
export async function commandWords(table: Commands): Promise<readonly CommandWords[]> {
  const commands = await Promise.all(
    Object.entries(table).map(async ([name, load]) => {
      const { summary, help } = (await load()).command;
      return { name, summary, words: [...new Set([...subcommandsIn(help), ...optionsIn(help), '--help'])] };
    }),
  );
  const help = { name: 'help', summary: 'the help of a command', words: Object.keys(table) };
  return [...commands, help];
}

/** The first words of the indented lines under "Commands:". */
export function subcommandsIn(help: string): readonly string[] {
  const section = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  return [...section.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, word = '']) => word);
}

/** The options that begin an indented line. */
export function optionsIn(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z][a-z-]*)/gm)].map(([, option = '']) => option);
}
