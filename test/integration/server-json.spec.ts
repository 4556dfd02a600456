import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { readStdioConfig } from '../../src/config/read-stdio-config.js';

const json = <T>(...file: string[]) => JSON.parse(readFileSync(path.join(...file), 'utf8')) as T;

interface Variable {
  readonly name: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly isRequired?: boolean;
  readonly isSecret?: boolean;
}
interface Document {
  readonly name: string;
  readonly version: string;
  readonly packages: readonly [
    {
      readonly identifier: string;
      readonly version: string;
      readonly packageArguments: readonly { readonly value: string }[];
      readonly environmentVariables: readonly Variable[];
    },
  ];
}
const document = json<Document>('mcpb', 'server.json');
const manifest = json<{ name: string; version: string; mcpName: string }>('package.json');
const [npm] = document.packages;

describe('mcpb/server.json, for the MCP registry', () => {
  it('follows the schema of the registry', () => {
    // test/schemas/README.md names the source.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(
      json<object>('test', 'schemas', 'registry-server.json'),
    );
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, version: undefined })).toBe(false);
  });

  it('names the package of this version, which names it back', () => {
    expect([npm.identifier, npm.version, document.version]).toEqual([
      manifest.name,
      manifest.version,
      manifest.version,
    ]);
    // The registry takes a package only if its `mcpName` is the name of the server.
    expect(manifest.mcpName).toBe(document.name);
  });

  it('starts a command that exists, with settings that it reads', () => {
    expect(npm.packageArguments.map(({ value }) => value)).toEqual(['stdio']);
    expect(existsSync('src/cli/commands/stdio.command.ts')).toBe(true);
    const given = { MSSQL_HOST: 'db', MSSQL_DATABASE: 'Sales', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p' };
    const filled = (variable: Variable, value: string) => ({ ...given, [variable.name]: value });
    const without = (name: string) => Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));
    for (const variable of npm.environmentVariables) {
      expect([variable.name, readFileSync('.env.example', 'utf8')]).toEqual([
        variable.name,
        expect.stringMatching(new RegExp(`^#?${variable.name}=`, 'm')),
      ]);
      if (variable.default !== undefined)
        expect(readStdioConfig(filled(variable, variable.default)).tenants).toEqual(readStdioConfig(given).tenants);
      if (variable.isRequired === true)
        expect(() => readStdioConfig(without(variable.name))).toThrow(expect.objectContaining({ name: 'ConfigError' }));
      if (/PASSWORD/.test(variable.name)) expect(variable.isSecret).toBe(true);
    }
  });
});
