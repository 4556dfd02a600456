import { AppError } from '../common/app-error.js';
import { UserDirectory, type UserLists } from '../oauth/identity/user-directory.js';
import type { UserEntry } from '../oauth/identity/user-entry.js';

const USAGE = `Usage: npm run users -- <command>
  list
  add <name> [--tenants a,b] [--groups x,y]   asks for the password, or reads it from standard input
  passwd <name>                               everything issued to the person before becomes void
  disable <name>                              a name, or issuer|subject of an identity provider
  enable <name>                               what was issued before stays void
`;

/** Runs one command and returns the text to print. Throws AppError with what is wrong. */
export async function runUsers(
  args: readonly string[],
  file: string,
  askPassword: () => Promise<string>,
): Promise<string> {
  const [command, name = '', ...options] = args;
  const users = new UserDirectory(file);
  switch (command) {
    case 'list':
      return users.list().map(line).join('') || 'There are no users yet.\n';
    case 'add':
      await users.add(name, parseLists(options), askPassword);
      return `${name} was added.\n`;
    case 'passwd':
      await users.setPassword(name, askPassword);
      return `${name} was changed.\n`;
    case 'disable':
      await users.disable(name);
      return `${name} was changed.\n`;
    case 'enable':
      await users.enable(name);
      return `${name} was changed.\n`;
    case '--help':
    case 'help':
      return USAGE;
    default:
      throw new AppError('INVALID_ARGUMENT', USAGE.trimEnd());
  }
}

function parseLists(options: readonly string[]): UserLists {
  const lists: UserLists = {};
  for (let index = 0; index < options.length; index += 2) {
    const key = options[index] === '--tenants' ? 'tenants' : options[index] === '--groups' ? 'groups' : undefined;
    const value = options[index + 1];
    if (key === undefined || value === undefined) throw new AppError('INVALID_ARGUMENT', USAGE.trimEnd());
    lists[key] = value
      .split(',')
      .map(item => item.trim().replace(/^\//, ''))
      .filter(item => item !== '');
  }
  return lists;
}

function line(user: UserEntry): string {
  const facts = [
    user.disabled === true ? 'disabled' : 'enabled',
    user.password === undefined ? 'signs in elsewhere' : 'password',
    ...(user.tenants === undefined ? [] : [`tenants ${user.tenants.join(',')}`]),
    ...(user.groups === undefined ? [] : [`groups ${user.groups.join(',')}`]),
  ];
  return `${user.name}\t${facts.join('\t')}\n`;
}
