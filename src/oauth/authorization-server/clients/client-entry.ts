import 'reflect-metadata';
import { IsIn } from 'class-validator';
import { IsAbsentOr } from '../../identity/absent-or.decorator.js';
import { IsText, rule } from '../../../config/validation/setting.decorators.js';

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string');

/** One entry of CLIENTS_FILE, with the names of RFC 7591. */
export class ClientEntry {
  @rule(
    'isClientId',
    value => typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value),
    'must be 1 to 200 visible characters',
  )
  client_id!: string;

  @IsText(100) client_name!: string;

  /** A machine client has none. */
  @rule(
    'isRedirectUriList',
    (value, { grant_types }) =>
      grant_types === undefined ? isTextList(value) && value.length >= 1 && value.length <= 10 : value === undefined,
    ({ object }) =>
      (object as ClientEntry).grant_types === undefined
        ? 'must be a list of 1 to 10 URIs'
        : 'must be left out for a client with grant_types',
  )
  redirect_uris?: string[];

  /** Absent: a public client, by PKCE alone. */
  @IsAbsentOr()
  @rule(
    'isClientSecret',
    value => typeof value === 'string' && value.length >= 16 && value.length <= 400,
    'must be a text of 16 to 400 characters',
  )
  client_secret?: string;

  @IsAbsentOr()
  @IsIn(['none', 'client_secret_basic', 'client_secret_post'])
  token_endpoint_auth_method?: 'none' | 'client_secret_basic' | 'client_secret_post';

  /** Present: a machine client, which acts for itself and not for a person. */
  @IsAbsentOr()
  @rule(
    'isMachineGrant',
    (value, { client_secret, token_endpoint_auth_method }) =>
      isTextList(value) &&
      value.join(' ') === 'client_credentials' &&
      typeof client_secret === 'string' &&
      client_secret.length >= 32 &&
      token_endpoint_auth_method !== 'none',
    'must be [client_credentials], for a client with a client_secret of at least 32 characters; other clients have no grant_types here',
  )
  grant_types?: ['client_credentials'];

  /** The highest scope of a machine client's tokens. */
  @rule(
    'isMachineScope',
    (value, { grant_types }) =>
      grant_types === undefined ? value === undefined : value === 'sql:read' || value === 'sql:write',
    'must be sql:read or sql:write for a client with grant_types, and be left out for others',
  )
  scope?: 'sql:read' | 'sql:write';

  /** Tenants that know this client; absent: all. */
  @IsAbsentOr()
  @rule('isTenantList', isTextList, 'must be a list of tenant names')
  tenants?: string[];
}
