import os from 'node:os';
import path from 'node:path';
import type { RawEnvironment } from './environment.js';

const NAME = 'mssql-mcp';

/** The directory of one person's own files, as their operating system has it. It need not exist. */
export function stateDirectory(
  env: RawEnvironment,
  platform: NodeJS.Platform = process.platform,
  home: string = os.homedir(),
): string {
  switch (platform) {
    case 'win32':
      return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), NAME);
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', NAME);
    default:
      return path.join(xdgStateHome(env) ?? path.join(home, '.local', 'state'), NAME);
  }
}

/** "All paths set in these environment variables must be absolute. If … relative …, consider the path invalid" (XDG). */
function xdgStateHome({ XDG_STATE_HOME: directory }: RawEnvironment): string | undefined {
  return directory !== undefined && path.isAbsolute(directory) ? directory : undefined;
}
