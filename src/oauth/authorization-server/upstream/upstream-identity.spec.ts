import { UpstreamConfig } from '../../../config/tenants/tenant.config.js';
import { identityOf } from './upstream-identity.js';

const upstream = Object.assign(new UpstreamConfig(), { groupsClaim: 'groups' });

describe('a person of an upstream provider', () => {
  it('is issuer and subject, whatever the address says', () => {
    const claims = {
      iss: 'https://idp.example',
      sub: '42',
      email: 'ana@example.com',
      name: 'Ana',
      groups: ['a', 1, 'b'],
    };
    expect(identityOf(claims, upstream)).toEqual({
      subject: 'https://idp.example|42',
      displayName: 'Ana',
      groups: ['a', 'b'],
    });
  });

  it('is directory and object id with Entra, whose subject differs by application', () => {
    const claims = {
      iss: 'https://login.microsoftonline.com/t/v2.0',
      sub: 's',
      tid: 't',
      oid: 'o',
      preferred_username: 'ana@x',
    };
    expect(identityOf(claims, upstream)).toMatchObject({ subject: 't|o', displayName: 'ana@x', groups: [] });
    // Somebody else's provider can't claim to be that person.
    expect(identityOf({ ...claims, iss: 'https://evil.example' }, upstream).subject).toBe('https://evil.example|s');
  });

  it('is rejected with an explanation when the provider left the groups out', () => {
    const claims = { iss: 'https://login.microsoftonline.com/t/v2.0', sub: 's', _claim_names: { groups: 'src1' } };
    expect(() => identityOf(claims, upstream)).toThrow('too many');
  });
});
