import { rule } from './setting.decorators.js';

const MAX_ATTRIBUTES = 20;
const ATTRIBUTE = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
// sp_set_session_context: a key has at most 128 bytes, a value 8,000, of UTF-16.
const MAX_VALUE = 4000;

const CLIENT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const WITH_CLIENT_ID: ReadonlySet<unknown> = new Set(['managed-identity', 'workload-identity', 'default']);

export function IsDatabaseUser(): PropertyDecorator {
  return rule(
    'isDatabaseUser',
    (value, { authentication }) => userFault(value, authentication) === undefined,
    args => String(userFault(args.value, (args.object as { authentication?: unknown }).authentication)),
  );
}

function userFault(user: unknown, authentication: unknown): string | undefined {
  const text = typeof user === 'string' ? user : '';
  if (authentication === 'ntlm' && !text.includes('\\')) return 'must be DOMAIN\\name when the authentication is ntlm';
  if (authentication === 'azure-cli')
    return 'must not be set when the authentication is azure-cli, which uses the account that is signed in there';
  if (WITH_CLIENT_ID.has(authentication) && !CLIENT_ID.test(text))
    return `must be the client id (a GUID) of a user-assigned identity when the authentication is ${String(authentication)}, or not be set`;
  return undefined;
}

const MAX_DATABASES = 20;
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['master', 'model', 'msdb', 'tempdb', 'mssqlsystemresource']);

/** Names of databases of one server. SQL Server's own show other databases' names, logins and temporary tables. */
export function IsDatabaseList(): PropertyDecorator {
  return rule(
    'isDatabaseList',
    value => databaseListFault(value) === undefined,
    ({ value }) => String(databaseListFault(value)),
  );
}

function databaseListFault(value: unknown): string | undefined {
  const isName = (item: unknown): item is string => typeof item === 'string' && item !== '' && item.length <= 128;
  if (!Array.isArray(value) || value.length > MAX_DATABASES || !value.every(isName))
    return `must be a list of at most ${MAX_DATABASES} names of 1 to 128 characters`;
  const names = value.map(name => name.toLowerCase());
  const system = names.find(name => SYSTEM_DATABASES.has(name));
  if (system !== undefined) return `must not have ${JSON.stringify(system)}, which is a database of SQL Server itself`;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : `must not have ${JSON.stringify(twice)} twice`;
}

/** Stands on `user`: a rule names a user, a group or a client. */
export function IsUserOrGroup(): PropertyDecorator {
  return rule(
    'isUserOrGroup',
    (value, { group, client }) =>
      value === undefined
        ? (group === undefined) !== (client === undefined)
        : group === undefined &&
          client === undefined &&
          typeof value === 'string' &&
          value !== '' &&
          value.length <= 512,
    ({ value, object }) => {
      const { group, client } = object as { group?: unknown; client?: unknown };
      return value !== undefined && group === undefined && client === undefined
        ? 'must be a text of 1 to 512 characters'
        : 'must be set, or else group or client; a rule has exactly one of them';
    },
  );
}

/** Names with text values: keys of SESSION_CONTEXT. */
export function IsAttributes(): PropertyDecorator {
  return rule(
    'isAttributes',
    value => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      const entries = Object.entries(value as Readonly<Record<string, unknown>>);
      return (
        entries.length <= MAX_ATTRIBUTES &&
        entries.every(([key, text]) => ATTRIBUTE.test(key) && typeof text === 'string' && text.length <= MAX_VALUE)
      );
    },
    `must be at most ${MAX_ATTRIBUTES} names (of up to 64 letters, digits, _ . -) with text values (of up to ${MAX_VALUE} characters)`,
  );
}
