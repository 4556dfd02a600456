/**
 * One command of `mssql-mcp`. The file `commands/NAME.command.ts` exports it as `command`; `commands.ts` lists it. The file
 * imports what the command needs inside `run`, because `--help` reads every command and must not load the server.
 */
export interface Command {
  /** One line for the list of commands, without a full stop. */
  readonly summary: string;
  /**
   * The whole help: usage, what the command does, its options, examples and exit codes. Shell completion offers the
   * options in it (`--name`) and the first words of the lines under "Commands:".
   */
  readonly help: string;
  /**
   * Returns the exit code: 0 done, 1 it failed, 2 it was called wrongly. Throws UsageError when it was called wrongly;
   * AppError and StartupError (ConfigError) are printed without a stack, and the exit code is 1.
   */
  run(args: readonly string[]): Promise<number>;
}

/** The command line is wrong. Its message says what; the exit code is 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
