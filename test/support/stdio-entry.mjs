// Runs `mssql-mcp stdio` of the built server (dist/).
import { command } from '../../dist/cli/commands/stdio.command.js';

process.exitCode = await command.run(process.argv.slice(2)).catch(error => {
  process.stderr.write(`${error.message}\n`);
  return 2;
});
