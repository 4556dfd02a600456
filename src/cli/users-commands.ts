import { AppError } from '../common/app-error.js';
import { hashPassword } from '../oauth/identity/password.js';
import { USER_NAME, type UserEntry, changeUsersFile, readUsersFile } from '../oauth/identity/users-file.js';
import { passwordFault } from '../oauth/identity/password-policy.js';
import { nextSecond, validFromNow } from '../oauth/identity/valid-from.js';

const USAGE = `Usage: npm run users -- <command>
  list
  add <name> [--tenants a,b] [--groups x,y]   asks for the password, or reads it from standard input
  passwd <name>                               everything issued to the person before becomes void
  disable <name>                              a name, or issuer|subject of an identity provider
  enable <name>                               what was issued before stays void
`;

/** One command; gives what to print. Throws AppError with what is wrong. */
export async function runUsers(
  args: readonly string[],
  file: string,
  askPassword: () => Promise<string>,
): Promise<string> {
  const [command, name = '', ...options] = args;
  switch (command) {
    case 'list':
      return readUsersFile(file).map(line).join('') || 'There are no users yet.\n';
    case 'add':
      return add(file, name, options, askPassword);
    case 'passwd':
      return setPassword(file, name, askPassword);
    case 'disable':
      return change(file, name, user => ({ ...user, disabled: true, ...validFromNow() }), name.includes('|'));
    case 'enable':
      return enable(file, name);
    case '--help':
    case 'help':
      return USAGE;
    default:
      throw new AppError('INVALID_ARGUMENT', USAGE.trimEnd());
  }
}

async function add(
  file: string,
  name: string,
  options: readonly string[],
  askPassword: () => Promise<string>,
): Promise<string> {
  if (!USER_NAME.test(name)) {
    throw new AppError(
      'INVALID_ARGUMENT',
      'A name is 1-128 of letters, digits and . _ @ + -, beginning with a letter or digit.',
    );
  }
  const lists = parseLists(options);
  if (readUsersFile(file).some(user => user.name === name))
    throw new AppError('INVALID_ARGUMENT', `${name} exists already.`);
  const password = await hashed(name, askPassword);
  changeUsersFile(file, users => {
    if (users.some(user => user.name === name)) throw new AppError('INVALID_ARGUMENT', `${name} exists already.`);
    return [...users, { name, password, ...lists }];
  });
  return `${name} was added.\n`;
}

async function setPassword(file: string, name: string, askPassword: () => Promise<string>): Promise<string> {
  if (!readUsersFile(file).some(user => user.name === name)) throw unknown(name);
  const password = await hashed(name, askPassword);
  const done = change(file, name, user => ({ ...user, password, ...validFromNow() }));
  await nextSecond();
  return done;
}

async function enable(file: string, name: string): Promise<string> {
  const done = change(file, name, ({ disabled: _disabled, ...user }) => ({ ...user, ...validFromNow() }));
  await nextSecond();
  return done;
}

async function hashed(name: string, askPassword: () => Promise<string>): Promise<string> {
  const password = await askPassword();
  const fault = passwordFault(password, name);
  if (fault !== undefined) throw new AppError('INVALID_ARGUMENT', fault);
  return hashPassword(password);
}

function change(file: string, name: string, edit: (user: UserEntry) => UserEntry, create = false): string {
  changeUsersFile(file, users => {
    const user = users.find(entry => entry.name === name);
    if (user === undefined && !create) throw unknown(name);
    return [...users.filter(entry => entry.name !== name), edit(user ?? { name })];
  });
  return `${name} was changed.\n`;
}

function parseLists(options: readonly string[]): Pick<UserEntry, 'tenants' | 'groups'> {
  const lists: Pick<UserEntry, 'tenants' | 'groups'> = {};
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

function unknown(name: string): AppError {
  return new AppError('INVALID_ARGUMENT', `There is no user ${name}.`);
}
