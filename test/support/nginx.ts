import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from './system-programs.js';

const SOURCE = path.resolve('nginx');

export interface NginxOptions {
  readonly serverName: string;
  readonly tenants: readonly string[];
  readonly upstreams: readonly number[];
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificateDir: string;
  readonly acmeRoot: string;
  readonly rates?: Readonly<Record<string, string>>;
  /** The authority of the clients' certificates, and the tenants that need one. */
  readonly clients?: { readonly caFile: string; readonly tenants: readonly string[]; readonly everywhere?: boolean };
}

export interface Nginx {
  readonly directory: string;
  /** The shell command that reloads it. */
  readonly reloadCommand: string;
  accessLog(): string;
  /** The last 10,000 characters that it wrote on stderr. */
  errors(): string;
  stop(): Promise<void>;
}

/** Renders the template like `envsubst` in the official image, which replaces only names that the environment sets. */
function renderTemplate(options: NginxOptions): string {
  const values: Record<string, string> = {
    SERVER_NAME: options.serverName,
    TENANTS: options.tenants.join('|'),
    UPSTREAM_SERVERS: options.upstreams.map(port => `server 127.0.0.1:${port} max_fails=2 fail_timeout=2s;`).join(' '),
    HTTP_PORT: String(options.httpPort),
    HTTPS_PORT: String(options.httpsPort),
    CERTIFICATE_DIR: options.certificateDir,
    ACME_ROOT: options.acmeRoot,
    CLIENT_CERTIFICATES:
      options.clients === undefined ? 'off' : options.clients.everywhere === true ? 'on' : 'optional_no_ca',
    CLIENT_CA_FILE: options.clients?.caFile ?? '/nonexistent/client-ca.pem',
    CLIENT_CERTIFICATE_TENANTS: options.clients?.tenants.join('|') ?? '',
    RATE_REGISTER: '600r/m',
    RATE_TOKEN: '100r/s',
    RATE_SIGN_IN: '100r/s',
    // No test may reach this limit; the tests of the limits have their own server.
    RATE_MCP: '100000r/s',
    ...options.rates,
  };
  const template = readFileSync(path.join(SOURCE, 'templates', 'default.conf.template'), 'utf8');
  return template.replace(/\$\{([A-Z_]+)\}/g, (all, name: string) => values[name] ?? all);
}

/** Copies the nginx files of the repository to a new directory. Only the pid file and the log have other paths. */
function layOut(options: NginxOptions): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-nginx-'));
  cpSync(path.join(SOURCE, 'snippets'), path.join(directory, 'snippets'), { recursive: true });
  cpSync('/etc/nginx/mime.types', path.join(directory, 'mime.types'));
  mkdirSync(path.join(directory, 'conf.d'));
  writeFileSync(path.join(directory, 'conf.d', 'default.conf'), renderTemplate(options));
  const main = readFileSync(path.join(SOURCE, 'nginx.conf'), 'utf8')
    .replace('pid /tmp/nginx.pid;', `pid ${directory}/nginx.pid;`)
    .replace('access_log /dev/stdout', `access_log ${directory}/access.log`);
  writeFileSync(path.join(directory, 'nginx.conf'), main);
  return directory;
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const program = findProgram('nginx');
  if (program === undefined) throw new Error('nginx is not installed');
  const directory = layOut(options);
  // `user root`, because Debian's default worker can't read the files of a test.
  const child = spawn(
    program,
    ['-p', directory, '-c', path.join(directory, 'nginx.conf'), '-g', 'daemon off; user root;'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', chunk => (errors = (errors + String(chunk)).slice(-10_000)));
  await listening(child, options.httpsPort, () => errors);
  return {
    directory,
    reloadCommand: `${program} -p ${directory} -c ${directory}/nginx.conf -s reload`,
    errors: () => errors,
    accessLog: () => readFileSync(path.join(directory, 'access.log'), 'utf8'),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Resolves when the port accepts a connection; rejects when the process ends first. */
export async function listening(child: ChildProcess, port: number, errors: () => string = () => ''): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`the program ended at once: ${errors()}`);
    const open = await new Promise<boolean>(resolve => {
      const socket = createConnection({ host: '127.0.0.1', port }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => setTimeout(resolve, 50, false));
    });
    if (open) return;
  }
  throw new Error(`nothing listens on port ${port}: ${errors()}`);
}
