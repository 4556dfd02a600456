import { parseArgs } from 'node:util';
import { UserDirectory, type UserLists } from '../oauth/identity/user-directory.js';
import type { UserEntry } from '../oauth/identity/user-entry.js';
import { UsageError } from './command.js';

/** Runs one command and returns the text to print. Throws UsageError, and AppError with what is wrong. */
export async function runUsers(
  args: readonly string[],
  file: string,
  askPassword: () => Promise<string>,
): Promise<string> {
  const [command, ...rest] = args;
  const users = new UserDirectory(file);
  switch (command) {
    case 'list':
      if (rest[0] !== undefined) throw new UsageError(`unexpected argument "${rest[0]}".`);
      return users.list().map(line).join('') || 'There are no users yet.\n';
    case 'add': {
      const { name, lists } = readAdd(rest);
      await users.add(name, lists, askPassword);
      return `${name} was added.\n`;
    }
    case 'passwd': {
      const name = readName(command, rest);
      await users.setPassword(name, askPassword);
      return `${name} was changed.\n`;
    }
    case 'disable':
    case 'enable': {
      const name = readName(command, rest);
      await users[command](name);
      return `${name} was changed.\n`;
    }
    case undefined:
      throw new UsageError('users needs a command: list, add, passwd, disable or enable.');
    default:
      throw new UsageError(`unknown command "users ${command}". The commands are list, add, passwd, disable, enable.`);
  }
}

function readName(command: string, [name, unexpected]: readonly string[]): string {
  if (name === undefined) throw new UsageError(`users ${command} needs the name of a user.`);
  if (unexpected !== undefined) throw new UsageError(`unexpected argument "${unexpected}".`);
  return name;
}

function readAdd(args: readonly string[]): { readonly name: string; readonly lists: UserLists } {
  const { values, positionals } = parsed(args);
  const lists: UserLists = {};
  if (values.tenants !== undefined) lists.tenants = itemsOf(values.tenants);
  if (values.groups !== undefined) lists.groups = itemsOf(values.groups);
  return { name: readName('add', positionals), lists };
}

function parsed(args: readonly string[]) {
  try {
    const options = { tenants: { type: 'string' }, groups: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function itemsOf(list: string): string[] {
  return list
    .split(',')
    .map(item => item.trim().replace(/^\//, ''))
    .filter(item => item !== '');
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
