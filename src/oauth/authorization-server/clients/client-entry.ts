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

  @rule(
    'isRedirectUriList',
    value => isTextList(value) && value.length >= 1 && value.length <= 10,
    'must be a list of 1 to 10 URIs',
  )
  redirect_uris!: string[];

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

  /** Tenants that know this client; absent: all. */
  @IsAbsentOr()
  @rule('isTenantList', isTextList, 'must be a list of tenant names')
  tenants?: string[];
}
