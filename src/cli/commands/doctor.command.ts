import type { Finding } from '../../doctor/finding.js';
import { type Command, UsageError } from '../command.js';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: ' ok ', warning: 'WARN', fault: 'FAIL' };

const help = `Usage: mssql-mcp doctor

Reads the settings as the server does (the environment and .env) and checks the databases, their
permissions, the state store, the files, and what clients see at PUBLIC_URL. Each finding says
what to do. It changes nothing.

Exit codes: 0 no fault (warnings are allowed), 1 faults, 2 the command line is wrong.
`;

export const command: Command = {
  summary: 'check the settings, the databases and what clients see',
  help,
  async run(args) {
    if (args[0] !== undefined) throw new UsageError(`doctor takes no arguments, and "${args[0]}" is one.`);
    const { ConfigError } = await import('../../config/faults.js');
    const { readProcessConfig } = await import('../../config/read-config.js');
    try {
      const config = readProcessConfig();
      const { setLogLevel } = await import('../../common/log.js');
      setLogLevel('silent');
      // Only with sound settings, because this loads Nest and the driver.
      const { examine } = await import('../../doctor/doctor.js');
      const findings = await examine(config);
      process.stdout.write(findings.map(line).join(''));
      return findings.some(finding => finding.level === 'fault') ? 1 : 0;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      process.stdout.write(error.faults.map(text => `[FAIL] configuration: ${text}\n`).join(''));
      return 1;
    }
  },
};

function line({ level, subject, text, todo }: Finding): string {
  return `[${MARKS[level]}] ${subject}: ${text}\n${todo === undefined ? '' : `       → ${todo}\n`}`;
}
