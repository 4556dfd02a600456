import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Debian installs servers here, and a user's PATH may lack it. */
const EXTRA = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/sbin'];

export function findProgram(name: string): string | undefined {
  for (const directory of [...(process.env['PATH'] ?? '').split(path.delimiter), ...EXTRA]) {
    const candidate = path.join(directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not here
    }
  }
  return undefined;
}

/**
 * A describe block that needs programs of the system (nginx, redis-server, chromium, certbot, pebble …). Without them
 * it says so and is skipped; with CI=true a missing one is a failure.
 */
export function describeWith(programs: string | readonly string[], name: string, body: () => void): void {
  const missing = [programs].flat().filter(program => findProgram(program) === undefined);
  if (missing.length === 0) return describe(name, body);
  const message = `needs ${missing.join(', ')} (Debian packages of these names; .ci/run installs them)`;
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it(message, () => {
        throw new Error(message);
      });
    });
    return;
  }
  console.warn(`skipped: ${name} ${message}`);
  describe.skip(name, body);
}
