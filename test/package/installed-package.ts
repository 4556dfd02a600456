import { execFile, type ExecFileException } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** The package as a user gets it: packed, and installed into a folder with nothing else but examples/custom-tool. */
export interface InstalledPackage {
  readonly directory: string;
  /** The command's file, for Node.js. */
  readonly bin: string;
  /** The paths in the tarball. */
  readonly files: readonly string[];
  /** Runs `mssql-mcp` with these arguments. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  remove(): void;
}

const MANIFEST = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string };
const EXAMPLE = path.join('examples', 'custom-tool');

/** Packs dist/ as it is (`npm test` has built it before), and installs the tarball with its production dependencies. */
export async function installPackage(): Promise<InstalledPackage> {
  if (!existsSync(path.join('dist', 'cli', 'bin.js'))) throw new Error('dist/ is missing: run npm run build');
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-package-'));
  const pack = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', directory], process.cwd());
  const packed = JSON.parse(pack.stdout) as readonly [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  const [{ filename, files }] = packed;
  cpSync(EXAMPLE, directory, { recursive: true, filter: source => !source.endsWith('.spec.ts') });
  const manifest = JSON.parse(readFileSync(path.join(EXAMPLE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  manifest.dependencies[MANIFEST.name] = `file:${filename}`;
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest));
  await npm(['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], directory);
  const bin = path.join(directory, 'node_modules', ...MANIFEST.name.split('/'), 'dist', 'cli', 'bin.js');
  return {
    directory,
    bin,
    files: files.map(file => file.path),
    run: (args, options) => run(process.execPath, [bin, ...args], { cwd: directory, ...options }),
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Runs npm, which is a script of the shell on Windows. Rejects when it fails. */
export async function npm(args: readonly string[], cwd: string, command = 'npm'): Promise<Ended> {
  const ended = await run(command, args, { cwd, shell: process.platform === 'win32' });
  if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${ended.stderr}${ended.stdout}`);
  return ended;
}

/** Runs a program to its end. The environment is the shell's, without settings of the server. */
export function run(
  program: string,
  args: readonly string[],
  { env = {}, input = '', cwd, shell = false }: RunOptions & { readonly shell?: boolean } = {},
): Promise<Ended> {
  return new Promise(resolve => {
    const options = {
      cwd,
      shell,
      env: { ...shellEnvironment(), ...env },
      timeout: 240_000,
      maxBuffer: 64 * 1024 * 1024,
    };
    const child = execFile(program, [...args], options, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
    // A program that reads nothing may have ended before its input does.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** Settings of the server, and what `npm run` tells its script: with npm_config_local_prefix npm would work elsewhere. */
const LEFT_OUT =
  /^(?:MSSQL_|SERVER_|STATE_|OTEL_|ALLOW_|AUDIT_|DEMO_|METRICS_|(?:TENANTS|USERS|CLIENTS)_FILE|PUBLIC_URL|LOG_LEVEL|NODE_(?:ENV|OPTIONS)$|npm_(?!config_(?:registry|cache|userconfig)$))/i;

/** The environment of this process without settings. Node.js of the tests comes first, because npm and npx call `node`. */
export function shellEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || LEFT_OUT.test(name) ? [] : [[name, value] as const],
  );
  const PATH = [path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter);
  return { ...Object.fromEntries(kept.filter(([name]) => name.toUpperCase() !== 'PATH')), PATH };
}
