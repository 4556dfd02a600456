import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../common/app-error.js';
import type { ServerConfig } from '../config/server.config.js';
import { readUsersFile } from '../oauth/identity/users-file.js';
import { fault, type Finding, ok, warning } from './finding.js';

/** Checks the files that the server reads and writes: the users file and the audit trail. */
export async function checkFiles(config: ServerConfig): Promise<readonly Finding[]> {
  return [checkPeople(config), await checkAudit(config.auditFile)];
}

function checkPeople({ usersFile, tenants }: ServerConfig): Finding {
  const subject = 'people';
  try {
    const enabled = readUsersFile(usersFile).filter(user => user.disabled !== true && user.password !== undefined);
    if (enabled.length > 0) return ok(subject, `${enabled.length} in ${usersFile} can sign in`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fault(
      subject,
      error.message,
      'Correct the file, or restore it from a backup: until then nobody can sign in.',
    );
  }
  if (tenants.every(tenant => tenant.upstream !== undefined))
    return ok(subject, 'users sign in with an upstream provider');
  return warning(subject, `nobody in ${usersFile} can sign in`, 'Add a user: mssql-mcp users add NAME.');
}

async function checkAudit(file: string): Promise<Finding> {
  const subject = 'audit';
  if (file === 'stdout') return ok(subject, 'on stdout, beside the log');
  const directory = path.dirname(path.resolve(file));
  const parent = await nearestExisting(directory);
  try {
    await access(parent, constants.W_OK | constants.X_OK);
    if (await exists(file)) await access(file, constants.W_OK);
    return ok(subject, `${file} can be written`);
  } catch {
    return fault(
      subject,
      `${file} can not be written by this user`,
      'Give the server its directory (chown), or set AUDIT_FILE: without an audit every call that writes is refused.',
    );
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The server makes missing directories at the first record, so the nearest existing one must be writable. */
async function nearestExisting(directory: string): Promise<string> {
  return (await exists(directory)) || path.dirname(directory) === directory
    ? directory
    : nearestExisting(path.dirname(directory));
}
