import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError } from './faults.js';
import { MAX_LOGO_BYTES } from './logo-file.js';
import { readConfig } from './read-config.js';
import type { ServerConfig } from './server.config.js';

const DATABASE = { MSSQL_HOST: 'db', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'd' };
const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-brand-'));

function file(name: string, content: string, encoding: BufferEncoding = 'latin1'): string {
  const target = path.join(directory, name);
  writeFileSync(target, content, encoding);
  return target;
}

const PNG = file('logo.png', '\x89PNG\r\n\x1a\n and more');
const JPEG = file('really-a-jpeg.png', '\xff\xd8\xff\xe0 and more');
const WEBP = file('logo.webp', 'RIFF\x10\0\0\0WEBPVP8 ');
const SVG = file('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
const LARGE = file('large.png', '\x89PNG\r\n\x1a\n');
truncateSync(LARGE, MAX_LOGO_BYTES + 1);

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...DATABASE, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

function withTenants(yaml: string, env: Record<string, string> = {}): ServerConfig {
  const database = 'database: {host: h, user: u, password: p, database: d}';
  return readConfig({ TENANTS_FILE: file('tenants.yaml', yaml.replaceAll('DATABASE', database), 'utf8'), ...env });
}

describe('the brand', () => {
  it('is empty unless it is set', () => {
    const { brand, tenants } = readConfig(DATABASE);
    expect({ ...brand }).toEqual({});
    expect({ ...tenants[0]?.brand }).toEqual({});
  });

  it.each([PNG, JPEG, WEBP])('may have the logo %s, whatever the name of the file', logo => {
    const config = readConfig({ ...DATABASE, BRAND_NAME: 'Contoso', BRAND_LOGO_FILE: logo, BRAND_COLOR: '#0A5FB4' });
    expect(config.brand).toEqual({ name: 'Contoso', logoFile: logo, color: '#0a5fb4' });
    expect(config.tenants[0]?.brand).toEqual(config.brand);
  });

  it.each([
    [{ BRAND_LOGO_FILE: SVG }, 'must name a PNG, JPEG or WebP image. Convert an SVG to one of these formats.'],
    [{ BRAND_LOGO_FILE: LARGE }, 'names a file that is larger than 256 KB.'],
    [{ BRAND_LOGO_FILE: path.join(directory, 'absent.png') }, 'names a file that cannot be read (ENOENT).'],
    [{ BRAND_LOGO_FILE: directory }, 'names a file that cannot be read (EISDIR).'],
    [{ BRAND_COLOR: 'blue' }, 'must be a colour like #0a5fb4: # and six hexadecimal digits, in quotes.'],
    [{ BRAND_COLOR: '#0a5fb4;}' }, 'must be a colour like #0a5fb4: # and six hexadecimal digits, in quotes.'],
    [{ BRAND_NAME: 'x'.repeat(61) }, 'must be at most 60 characters long.'],
  ])('is refused at the start: %j', (env, fault) => {
    expect(faultsOf(env)).toEqual([`${Object.keys(env)[0]} ${fault}`]);
  });

  it('of a tenant replaces the parts that the tenant sets', () => {
    const yaml = 'tenants: [{path: /a, DATABASE, brand: {name: Own}}, {path: /b, DATABASE}]';
    const { brand, tenants } = withTenants(yaml, { BRAND_NAME: 'Contoso', BRAND_COLOR: '#0a5fb4' });
    expect(tenants[0]?.brand).toEqual({ name: 'Own', color: '#0a5fb4' });
    expect(tenants[1]?.brand).toEqual({ name: 'Contoso', color: '#0a5fb4' });
    expect(brand).toEqual({ name: 'Contoso', color: '#0a5fb4' });
  });

  it('of a tenant is checked like that of the environment, and says when a # has begun a comment', () => {
    const logo = JSON.stringify(SVG);
    expect(() => withTenants(`tenants: [{path: /a, DATABASE, brand: {logo_file: ${logo}}}]`)).toThrow(
      'TENANTS_FILE: tenant "a": brand.logo_file must name a PNG, JPEG or WebP image.',
    );
    expect(() => withTenants('tenants:\n- path: /a\n  DATABASE\n  brand:\n    color: #0a5fb4\n')).toThrow(
      'brand.color is empty. Give it a value, or remove it.',
    );
  });
});
