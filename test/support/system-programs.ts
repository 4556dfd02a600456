import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Debian installs servers in these directories, which may be missing in a user's PATH. */
const EXTRA = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/sbin'];

export function findProgram(name: string): string | undefined {
  for (const directory of [...(process.env['PATH'] ?? '').split(path.delimiter), ...EXTRA]) {
    const candidate = path.join(directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The program is not in this directory.
    }
  }
  return undefined;
}

/**
 * A describe block that needs programs of the system (nginx, redis-server, chromium, certbot, pebble …). If one is
 * missing, the block is skipped with a warning; with CI=true it fails.
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
