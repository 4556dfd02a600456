import { withEnvFile } from '../../config/environment.js';

/** USERS_FILE of this installation. Nothing else of the configuration is needed, nor need it be complete. */
export function readUsersPath(): string {
  return withEnvFile(process.env)['USERS_FILE'] ?? 'var/users.json';
}
