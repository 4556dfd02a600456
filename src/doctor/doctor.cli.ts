import { setLogLevel } from '../common/log.js';
import { ConfigError } from '../config/faults.js';
import { readProcessConfig } from '../config/read-config.js';
import { examine } from './doctor.js';
import type { Finding } from './finding.js';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: ' ok ', warning: 'WARN', fault: 'FAIL' };

/** `npm run doctor`: exit code 0 when nothing is broken (warnings allowed), 1 otherwise. */
async function main(): Promise<number> {
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
