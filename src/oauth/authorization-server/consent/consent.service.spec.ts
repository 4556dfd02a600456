import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import Provider from 'oidc-provider';
import type { DataScope } from '../../../common/principal.js';
import { TenantConfig } from '../../../config/tenants/tenant.config.js';
import { SqliteStateStore } from '../../../state/sqlite.state-store.js';
import { StateCipher } from '../../../state/state-cipher.js';
import { Tenant } from '../../../tenancy/tenant.js';
import type { Account, AccountsService } from '../../identity/accounts.service.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { Revocations } from '../../tokens/revocations.js';
import type { Interaction } from '../bridge/browser-session.js';
import type { OAuthEvents } from '../oauth-events.js';
import { ProviderAdapter } from '../provider/provider.adapter.js';
import type { ProviderFactory } from '../provider/provider.factory.js';
import { signingKey } from '../provider/signing-keys.js';
import { ConsentService } from './consent.service.js';

const publicUrl = 'https://mcp.example.com';
const tenantOf = (readOnly: boolean, exports = false): Tenant =>
  new Tenant(Object.assign(new TenantConfig(), { name: 'demo', atRoot: false, readOnly, exports }), { publicUrl });
const writable = tenantOf(false);
const exporting = tenantOf(false, true);
const req = {} as Request;

describe('consent', () => {
  let store: SqliteStateStore;
  let provider: Provider;
  let highest: DataScope | undefined;
  let mayExport: boolean;
  let recorded: unknown[];
  let consents: ConsentService;
  beforeEach(() => {
    store = new SqliteStateStore(':memory:');
    const storages = new ModelStorageFactory(store, new StateCipher(randomBytes(32)), new Revocations(store));
    provider = new Provider(writable.issuer, {
      adapter: (model: string) => new ProviderAdapter(model, storages.of(writable, model)),
      jwks: { keys: [signingKey(randomBytes(32), writable.issuer)] },
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      ttl: { Grant: 60 },
      features: { devInteractions: { enabled: false } },
    });
    highest = 'sql:write';
    mayExport = true;
    recorded = [];
    consents = new ConsentService(
      { of: () => provider } as unknown as ProviderFactory,
      {
        find: async (_tenant: Tenant, subject: string) =>
          highest === undefined ? undefined : accountOf(subject, highest),
      } as AccountsService,
      {
        record: (_tenant: Tenant, event: string, facts: object) => recorded.push({ event, ...facts }),
      } as unknown as OAuthEvents,
    );
  });
  afterEach(() => store.close());

  const accountOf = (subject: string, highestScope: DataScope): Account => ({
    subject,
    displayName: subject,
    validFrom: 0,
    access: { highestScope, mayExport, limits: {}, attributes: {} },
  });
  const interaction = (params: object = {}, accountId: string | undefined = 'ana'): Interaction =>
    ({
      session: accountId === undefined ? undefined : { accountId },
      params: { client_id: 'c1', scope: 'sql:read sql:write openid', ...params },
    }) as unknown as Interaction;
  /** What the client gets for the default resource, and what is kept from it. */
  const decide = async (chosen?: DataScope, params: object = {}, tenant = writable, exports?: 'yes') => {
    const grantId = await consents.grant(tenant, interaction(params), { scope: chosen, exports }, req);
    const grant = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    return {
      grantId,
      granted: grant?.getResourceScope(tenant.resource),
      rejected: grant?.getRejectedResourceScope(tenant.resource),
      openid: grant?.getOIDCScope(),
    };
  };

  it.each<[string, DataScope | undefined, DataScope, string, string, string]>([
    ['read, when the person chooses nothing', undefined, 'sql:write', 'sql:read sql:write', 'sql:read', 'sql:write'],
    ['write, when the person chooses it', 'sql:write', 'sql:write', 'sql:read sql:write', 'sql:read sql:write', ''],
    ['read, when the person chooses it', 'sql:read', 'sql:write', 'sql:read sql:write', 'sql:read', 'sql:write'],
    ['read, to a person who may only read', 'sql:write', 'sql:read', 'sql:read sql:write', 'sql:read', 'sql:write'],
    ['read, to a client that asks for read', 'sql:write', 'sql:write', 'sql:read', 'sql:read', ''],
  ])('grants %s', async (_label, chosen, mayAtMost, asked, granted, rejected) => {
    highest = mayAtMost;
    expect(await decide(chosen, { scope: asked })).toMatchObject({ granted, rejected });
  });

  it('grants no write in a tenant that only reads', async () => {
    highest = 'sql:read';
    expect(await decide('sql:write', {}, tenantOf(true))).toMatchObject({ granted: 'sql:read' });
  });

  it.each<[string, 'yes' | undefined, boolean, string, string]>([
    ['export, when the person ticks it', 'yes', true, 'sql:read sql:export', ''],
    ['no export, when the person leaves it out', undefined, true, 'sql:read', 'sql:export'],
    ['no export, to a person who may not export', 'yes', false, 'sql:read', 'sql:export'],
  ])('grants %s', async (_label, exports, may, granted, rejected) => {
    mayExport = may;
    const decided = await decide(undefined, { scope: 'sql:read sql:export' }, exporting, exports);
    expect(decided).toMatchObject({ granted, rejected });
  });

  it('grants no export to a client that did not ask for it', async () => {
    expect(await decide(undefined, { scope: 'sql:read' }, exporting, 'yes')).toMatchObject({ granted: 'sql:read' });
  });

  it('grants for the resources that were asked for, and the default one otherwise', async () => {
    const [sse = '', mcp = ''] = writable.resources;
    const grantId = await consents.grant(writable, interaction({ resource: mcp }), { scope: 'sql:write' }, req);
    const grant = await provider.Grant.find(String(grantId));
    expect([grant?.getResourceScope(sse), grant?.getResourceScope(mcp)]).toEqual(['', 'sql:read sql:write']);
  });

  it('grants the OpenID scopes that were asked for', async () => {
    expect(await decide(undefined, { scope: 'sql:read openid offline_access' })).toMatchObject({
      openid: 'openid offline_access',
    });
    expect(await decide(undefined, { scope: 'sql:read' })).toMatchObject({ openid: '' });
  });

  it('always makes a new grant, which has nothing of an earlier one', async () => {
    const first = await decide('sql:write');
    const second = await decide('sql:read');
    expect(second.grantId).not.toBe(first.grantId);
    expect(second).toMatchObject({ granted: 'sql:read', rejected: 'sql:write' });
    expect((await provider.Grant.find(String(first.grantId)))?.getResourceScope(writable.resource)).toBe(
      'sql:read sql:write',
    );
  });

  it('grants nothing to nobody, or to a person who has lost access', async () => {
    expect(await consents.grant(writable, { ...interaction(), session: undefined } as Interaction, {}, req)).toBe(
      undefined,
    );
    highest = undefined;
    expect(await decide()).toMatchObject({ grantId: undefined });
    expect(recorded).toEqual([]);
  });

  it('records what was granted, and what was denied', async () => {
    await decide('sql:read');
    consents.denied(writable, interaction(), req);
    expect(recorded).toEqual([
      { event: 'consent_granted', principal: 'ana', client: 'c1', scopes: ['sql:read'], remote_address: 'unknown' },
      { event: 'consent_denied', principal: 'ana', client: 'c1', remote_address: 'unknown' },
    ]);
  });
});
