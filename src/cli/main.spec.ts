import { readdirSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from './commands.js';
import { UsageError } from './command.js';

const FILES = readdirSync(path.join(import.meta.dirname, 'commands'));
/** An argument that no command takes. */
const WRONG = ['--nonsense'];

describe('the commands of mssql-mcp', () => {
  it('are each a file of commands/, and every file is in the table', () => {
    const names = [...Object.keys(COMMANDS), 'completion'].map(name => `${name}.command.ts`);
    expect([...FILES].sort()).toEqual(names.sort());
  });

  it.each(Object.keys(COMMANDS))('%s describes itself, and refuses an unknown option', async name => {
    const { command } = (await COMMANDS[name]?.()) ?? {};
    expect(command?.summary).toMatch(/^[a-z].*[^.]$/);
    expect(command?.help).toMatch(new RegExp(`^Usage: mssql-mcp ${name}\\b`));
    expect(command?.help).toMatch(/\nExit codes: 0 [^]*\n$/);
    const widest = Math.max(...(command?.help.split('\n').map(line => line.length) ?? []));
    expect(widest).toBeLessThanOrEqual(120);
    await expect(command?.run(WRONG)).rejects.toThrow(UsageError);
  });
});
