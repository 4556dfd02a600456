import { setLogLevel } from '../common/log.js';
import { ConfigError } from '../config/faults.js';
import { readProcessConfig } from '../config/read-config.js';
import { examine } from '../doctor/doctor.js';
import type { Finding } from '../doctor/finding.js';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: ' ok ', warning: 'WARN', fault: 'FAIL' };

const USAGE = `Usage: npm run doctor

Reads the configuration as the server does (the environment and .env), and checks the databases, their permissions, the
state store, the files, and what clients see at PUBLIC_URL. Exit code: 0 no fault (warnings are allowed), 1 faults, 2 usage.
`;

/** `npm run doctor`. Gives the exit code. */
async function main(): Promise<number> {
  if (process.argv.length > 2) {
    process.stdout.write(USAGE);
    return process.argv[2] === '--help' || process.argv[2] === '-h' ? 0 : 2;
  }
  try {
    const config = readProcessConfig();
    setLogLevel('silent');
    const findings = await examine(config);
    for (const { level, subject, text, todo } of findings) {
      process.stdout.write(`[${MARKS[level]}] ${subject}: ${text}\n${todo === undefined ? '' : `       → ${todo}\n`}`);
    }
    return findings.some(finding => finding.level === 'fault') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stdout.write(error.faults.map(text => `[FAIL] configuration: ${text}\n`).join(''));
    return 1;
  }
}

process.exit(await main());
