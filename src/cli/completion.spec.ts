import { execFileSync } from 'node:child_process';
import { COMMANDS } from './commands.js';
import { command as completionCommand } from './commands/completion.command.js';
import { commandWords, optionsIn, subcommandsIn } from './completion.js';
import { completionScript } from './completion-scripts.js';

const ALL = { ...COMMANDS, completion: async () => ({ command: completionCommand }) };

describe('shell completion', () => {
  it('knows the subcommands and the options that the help of each command describes', async () => {
    const words = Object.fromEntries((await commandWords(ALL)).map(each => [each.name, each.words]));
    expect(words['users']).toEqual(['list', 'add', 'passwd', 'disable', 'enable', '--tenants', '--groups', '--help']);
    expect(words['tokens']).toEqual(expect.arrayContaining(['issue', 'list', 'revoke', '--user', '--days', '--by']));
    expect(words['audit']).toEqual(['verify', '--head', '--help']);
    expect(words['demo']).toEqual(['--port', '--host', '--help']);
    expect(words['completion']).toEqual(['bash', 'zsh', 'fish', 'powershell', '--help']);
    expect(words['help']).toEqual(Object.keys(ALL));
  });

  it('reads only indented lines that begin with a word or an option', () => {
    const help =
      'Usage: x\n\nCommands:\n  a-b <name>  text\n  c   --not-an-option\n\nOptions:\n  -v, --version  text\nSee --other.\n';
    expect(subcommandsIn(help)).toEqual(['a-b', 'c']);
    expect(optionsIn(help)).toEqual(['--version']);
  });

  const inBash = process.platform === 'win32' ? it.skip : it;
  inBash.each([
    [['mssql-mcp', 'do'], ['doctor']],
    [['mssql-mcp', '--v'], ['--version']],
    [['mssql-mcp', 'users', 'pa'], ['passwd']],
    [['mssql-mcp', 'tokens', 'issue', '--te'], ['--tenant']],
    [['mssql-mcp', 'help', 'aud'], ['audit']],
  ])('completes %j in bash', async (line, expected) => {
    const script = completionScript('bash', await commandWords(ALL));
    const ask = `COMP_WORDS=(${line.join(' ')}); COMP_CWORD=${line.length - 1}; _mssql_mcp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const reply = execFileSync('bash', ['--norc', '-c', `${script}\n${ask}`], { encoding: 'utf8' });
    expect(reply.trim().split('\n')).toEqual(expected);
  });

  it.each([
    [
      'zsh',
      /^#compdef mssql-mcp\n[^]*'users:list, add, disable and enable the people who may sign in'[^]*compdef _mssql_mcp/,
    ],
    ['fish', /^complete -c mssql-mcp -n '__fish_seen_subcommand_from tokens' -l days$/m],
    ['powershell', /^ {4}'audit' = @\('verify', '--head', '--help'\)$/m],
  ] as const)('has the words in the script for %s', async (shell, expected) => {
    expect(completionScript(shell, await commandWords(ALL))).toMatch(expected);
  });
});
