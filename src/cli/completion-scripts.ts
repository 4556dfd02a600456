import type { CommandWords } from './completion.js';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

const GLOBAL = ['--help', '--version'];

/** The script that teaches a shell the words after `mssql-mcp`. Where no word fits, the shell offers file names. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    case 'powershell':
      return powershell(commands);
    default:
      return shell satisfies never;
  }
}

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, words }) => `    ${name}) words='${words.join(' ')}' ;;\n`).join('');
  return `# mssql-mcp: completion for bash
_mssql_mcp() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...commands.map(({ name }) => name), ...GLOBAL].join(' ')}'
  else
    case "\${COMP_WORDS[1]}" in
${cases}    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mssql_mcp mssql-mcp
`;
}

function zsh(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${summary.replaceAll("'", "'\\''")}'\n`).join('');
  const cases = commands.map(({ name, words }) => `    ${name}) compadd -- ${words.join(' ')} ;;\n`).join('');
  return `#compdef mssql-mcp
# mssql-mcp: completion for zsh
_mssql_mcp() {
  local -a commands
  commands=(
${described}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- ${GLOBAL.join(' ')}
    return
  fi
  case "$words[2]" in
${cases}  esac
  _files
}
compdef _mssql_mcp mssql-mcp
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, words }) => [
    `complete -c mssql-mcp -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
    ...words.map(word => {
      const option = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c mssql-mcp -n '__fish_seen_subcommand_from ${name}' ${option}`;
    }),
  ]);
  const options = GLOBAL.map(option => `complete -c mssql-mcp -n __fish_use_subcommand -l ${option.slice(2)}`);
  return `# mssql-mcp: completion for fish\n${[...lines, ...options].join('\n')}\n`;
}

function powershell(commands: readonly CommandWords[]): string {
  const list = (words: readonly string[]) => `@(${words.map(word => `'${word}'`).join(', ')})`;
  const table = commands.map(({ name, words }) => `    '${name}' = ${list(words)}\n`).join('');
  return `# mssql-mcp: completion for PowerShell
Register-ArgumentCompleter -Native -CommandName mssql-mcp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{
${table}  }
  $given = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
  $count = if ($wordToComplete -eq '') { $given.Count } else { $given.Count - 1 }
  $offered = if ($count -le 1) { ${list([...commands.map(({ name }) => name), ...GLOBAL])} } else { $words[$given[1]] }
  $offered | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
