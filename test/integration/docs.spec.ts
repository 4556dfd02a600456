import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { COMMANDS } from '../../src/cli/commands.js';
import { readConfig } from '../../src/config/read-config.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const documents = [
  ...['README.md', 'README.es.md', 'CONTRIBUTING.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => path.join('docs', name)),
].map(file => [file, readFileSync(file, 'utf8')] as const);

const LINK = /\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g;
const COMMAND =
  /(?:npm run ([\w:-]+) --|node scripts\/([\w-]+)\.mjs|scripts\/(setup-letsencrypt)\.sh)((?:[^\n`#|]|\|(?=\w))*)/g;

/** Makes a heading's anchor by GitHub's rule. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
const anchorsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(match => anchorOf(match[1] ?? ''));

it('finds links and commands in the documents', () => {
  const all = documents.map(([, text]) => text).join('\n');
  expect([...all.matchAll(LINK)].length).toBeGreaterThan(50);
  expect([...all.matchAll(COMMAND)].length).toBeGreaterThan(10);
});

describe.each(documents)('%s', (file, text) => {
  it('links to files and headings that exist', () => {
    const links = [...text.matchAll(LINK)].map(match => match[1] ?? match[2] ?? '');
    const broken = links.filter(link => {
      if (/^(?:https?|mailto):/.test(link)) return false;
      const [target = '', anchor] = link.split('#');
      const full = target === '' ? file : path.join(path.dirname(file), target);
      return !existsSync(full) || (anchor !== undefined && !anchorsOf(full).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names only npm scripts, files of scripts/ and built programs that exist', () => {
    const missing = [
      ...[...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].filter(match => !((match[1] ?? '') in scripts)),
      ...[...text.matchAll(/(?<![\w/])((?:scripts|docker|nginx|config|examples)\/[\w./-]*\w)/g)].filter(
        // The administrator creates docker/secrets, docker/config, docker/.env and docker/tenants.env.
        match => !/^docker\/(?:secrets|config|\.env|tenants\.env)/.test(match[1] ?? '') && !existsSync(match[1] ?? ''),
      ),
      ...[...text.matchAll(/\bdist\/([\w./-]+)\.js/g)].filter(match => !existsSync(`src/${match[1]}.ts`)),
    ].map(match => match[0]);
    expect(missing).toEqual([]);
  });

  it('uses only options that the scripts know', () => {
    const commands = text.replace(/\\\n\s*/g, ' ').matchAll(COMMAND);
    for (const [command, npmScript, direct, shell, rest = ''] of commands) {
      const program =
        shell === undefined
          ? (/scripts\/[\w-]+\.mjs/.exec(scripts[npmScript ?? ''] ?? '')?.[0] ?? `scripts/${direct}.mjs`)
          : `scripts/${shell}.sh`;
      if (!existsSync(program)) continue;
      const source = readFileSync(program, 'utf8');
      for (const [option] of rest.matchAll(/(?<=\s)--[a-z][\w-]*/g))
        expect([command, option, source.includes(option) || source.includes(option.slice(2))]).toEqual([
          command,
          option,
          true,
        ]);
    }
  });
});

describe.each(documents)('%s', (_file, text) => {
  it('uses only commands of mssql-mcp and options that their help describes', async () => {
    const calls = text.matchAll(/(?:^|[`(|]|npx |server-a |&& )mssql-mcp ([a-z]+)([^\n`|&]*)/gm);
    for (const [call, name = '', rest = ''] of calls) {
      if (['help', 'completion'].includes(name)) continue;
      const help = Object.hasOwn(COMMANDS, name) ? (await COMMANDS[name]?.())?.command.help : undefined;
      expect([call, help !== undefined]).toEqual([call, true]);
      const unknown = (rest.match(/--[a-z-]+/g) ?? []).filter(option => option !== '--help' && !help?.includes(option));
      expect([call, unknown]).toEqual([call, []]);
    }
  });
});

describe('.env.example', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(name => /^(?:config|common)\//.test(name) && name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map(name => readFileSync(path.join('src', name), 'utf8'));
  const example = readFileSync('.env.example', 'utf8');

  const faultsWith = (given: Record<string, string>): readonly string[] => {
    try {
      readConfig({ ...parseEnv(example), ...given });
      return [];
    } catch (error) {
      return [...(error as Error).message.matchAll(/^ +- (\w+) /gm)].map(match => match[1] ?? '').sort();
    }
  };

  it('copied as it is names exactly what must be filled in, and is complete then', () => {
    const filled = {
      MSSQL_DATABASE: 'Sales',
      MSSQL_HOST: 'sql.example.internal',
      MSSQL_PASSWORD: 'a password',
      MSSQL_USER: 'mcp_reader',
      PUBLIC_URL: 'https://mcp.example.com',
      STATE_KEY: randomBytes(32).toString('base64'),
    };
    expect(faultsWith({})).toEqual(Object.keys(filled));
    expect(faultsWith(filled)).toEqual([]);
  });

  it('names only settings that the server reads', () => {
    const names = [...example.matchAll(/^#?([A-Za-z_]+)=/gm)].map(match => match[1] ?? '');
    expect(names.length).toBeGreaterThan(20);
    const unread = names.filter(name => !sources.some(source => source.includes(`'${name}'`)));
    // The OpenTelemetry SDK reads its own variables.
    expect(unread.filter(name => !name.startsWith('OTEL_'))).toEqual([]);
  });

  it('names every setting, except those for tests and older files', () => {
    const read = sources.flatMap(source =>
      [...source.matchAll(/(?:@Variable|env\.text)\(\s*'(\w+)'/g)].map(match => match[1] ?? ''),
    );
    expect(read.length).toBeGreaterThan(40);
    const missing = new Set(read.filter(name => !new RegExp(`^#?${name}=`, 'm').test(example)));
    expect([...missing].sort()).toEqual([
      'ALLOW_UNAUTH_METHODS',
      'ALLOW_UNAUTH_TOOLS_CALL',
      'MSSQL_DRIVER',
      'Trusted_Connection',
    ]);
  });
});
