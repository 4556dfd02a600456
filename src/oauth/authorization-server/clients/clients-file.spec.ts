import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readClientsFile } from './clients-file.js';

const CLIENT = { client_id: 'bi', client_name: 'BI', redirect_uris: ['https://claude.ai/x'] };

function read(document: unknown, tenant = 'demo') {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-clients-')), 'clients.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return readClientsFile(file, tenant);
}

describe('the clients file', () => {
  it('gives a tenant its clients and those of every tenant, with the grants that this server has', () => {
    const own = { ...CLIENT, client_id: 'own', tenants: ['demo'], client_secret: 'a secret of 16 and more' };
    expect(read({ clients: [CLIENT, own, { ...own, tenants: ['other'] }] })).toEqual([
      {
        ...CLIENT,
        token_endpoint_auth_method: 'none',
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
      expect.objectContaining({ client_id: 'own', token_endpoint_auth_method: 'client_secret_basic' }),
    ]);
  });

  it.each<[unknown, string]>([
    [{}, 'CLIENTS_FILE: it must hold a list "clients" of at most 1000 clients.'],
    ['[', 'not valid YAML'],
    [{ clients: [1] }, 'CLIENTS_FILE: clients[0] must be a client with a client_id.'],
    [{ clients: [], client: [] }, 'CLIENTS_FILE: unknown setting "client". Did you mean "clients"?'],
    [
      { clients: [{ ...CLIENT, client_nam: 'x' }] },
      'CLIENTS_FILE: unknown setting "clients[0].client_nam". Did you mean "clients[0].client_name"?',
    ],
    [{ clients: [{ ...CLIENT, client_secret: 'short' }] }, 'clients[0].client_secret must be a text of 16 to 400'],
    [{ clients: [{ ...CLIENT, redirect_uris: [] }] }, 'clients[0].redirect_uris must be a list of 1 to 10 URIs.'],
    // `tenants:` with its list commented out must not mean every tenant.
    [{ clients: [{ ...CLIENT, tenants: null }] }, 'clients[0].tenants must be a list of tenant names.'],
  ])('names what is wrong with %j', (document, fault) => {
    expect(() => read(document)).toThrow(fault);
  });

  it('lists every fault at once and quotes no secret', () => {
    expect(() => read({ clients: [{ client_secret: 'planted', client_id: '' }] })).toThrow(
      /^(?!.*planted).*client_id .+\n.*client_name .+\n.*redirect_uris .+\n.*client_secret .+/s,
    );
  });
});
