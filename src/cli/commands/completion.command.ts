import { suggestion } from '../../common/nearest-names.js';
import { type Command, UsageError } from '../command.js';
import { COMMANDS } from '../commands.js';
import { commandWords } from '../completion.js';
import { completionScript, SHELLS } from '../completion-scripts.js';

const help = `Usage: mssql-mcp completion <shell>

Prints a script that completes commands and options when you press the Tab key.

Commands:
  bash         mssql-mcp completion bash >> ~/.bashrc
  zsh          mssql-mcp completion zsh >> ~/.zshrc      (after the line with compinit)
  fish         mssql-mcp completion fish > ~/.config/fish/completions/mssql-mcp.fish
  powershell   mssql-mcp completion powershell >> $PROFILE

The script completes the command mssql-mcp, so the package must be installed (npm install
--global), not run by npx.

Exit codes: 0 done, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'print the completion script of a shell',
  help,
  async run([name, unexpected]) {
    const shell = SHELLS.find(each => each === name);
    if (shell === undefined) {
      const what = name === undefined ? 'completion needs a shell' : `unknown shell "${name}"`;
      const nearest = name === undefined ? undefined : suggestion(name, SHELLS);
      throw new UsageError(`${what}: ${SHELLS.join(', ')}.${nearest === undefined ? '' : ` ${nearest}`}`);
    }
    if (unexpected !== undefined) throw new UsageError(`unexpected argument "${unexpected}".`);
    const all = { ...COMMANDS, completion: async () => ({ command }) };
    process.stdout.write(completionScript(shell, await commandWords(all)));
    return 0;
  },
};
