import type { Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { AppError } from './common/app-error.js';
import { Drain } from './common/drain.js';
import { logger, setLogLevel } from './common/log.js';
import { NestLogger } from './common/nest-logger.js';
import { StartupError } from './common/startup-error.js';
import type { ServerConfig } from './config/server.config.js';
import { configureHttp } from './configure-http.js';
import { handleStrayErrors } from './invocation/stray-errors.js';

const log = logger('server');

/** A load balancer has this long to see that readiness is 503 before the port closes. */
const ANNOUNCE_MS = 1_000;
/** How often connections without a request are closed once the port is closed. */
const IDLE_MS = 1_000;
/** Calls in flight may take this long to finish. */
const DRAIN_MS = 25_000;

/** Windows has no SIGTERM; there Ctrl-Break and the end of the console window arrive as SIGBREAK and SIGHUP. */
const END_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] : ['SIGTERM', 'SIGINT'];

export type Extensions = NonNullable<Parameters<typeof AppModule.forRoot>[1]>;

/**
 * Starts the server and stays until SIGTERM or SIGINT, or an error that nobody caught; then drains and exits with
 * process.exitCode (0 unless it failed).
 */
export async function serve(config: ServerConfig, extensions: Extensions = []): Promise<NestExpressApplication> {
  setLogLevel(config.logLevel);
  for (const notice of config.notices) log.warn(notice);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, extensions), {
    bodyParser: false,
    logger: new NestLogger(),
    abortOnError: false,
  }).catch((error: unknown) => refuseToStart(error, config));
  configureHttp(app);
  await app.listen(config.port, config.host).catch((error: unknown) => refuseToStart(error, config));
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  log.info({ host: config.host, port, tenants: config.tenants.map(tenant => tenant.name) }, 'listening');
  let stopped: Promise<void> | undefined;
  const stopOnce = (): void => void (stopped ??= stop(app));
  for (const signal of END_SIGNALS) process.once(signal, stopOnce);
  handleStrayErrors(stopOnce);
  return app;
}

/** Prints what a module found wrong at start (a wrong STATE_KEY, an inexact driver) or that the port is taken, without a stack. */
function refuseToStart(error: unknown, config: ServerConfig): never {
  const isOurs = error instanceof AppError || error instanceof StartupError;
  const text = isOurs ? error.message : listenFault((error as NodeJS.ErrnoException).code, config);
  if (text === undefined) throw error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function listenFault(code: string | undefined, { host, port }: ServerConfig): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens at ${host}:${port}: end it, or set SERVER_PORT (EADDRINUSE).`;
    case 'EACCES':
      return `This user may not listen on port ${port}: set SERVER_PORT to 1024 or above (EACCES).`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `SERVER_HOST must be an address of this machine, such as 127.0.0.1 or 0.0.0.0 (${code}).`;
    default:
      return undefined;
  }
}

async function stop(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  log.info('draining');
  app.get(Drain).begin();
  await delay(ANNOUNCE_MS);
  await closed(server);
  await app.close();
  log.info('stopped');
  process.exit();
}

/**
 * Closes the port and lets every connection end after its next response. `http.Server.close()` would close idle
 * connections at once, while a proxy may be writing a request on one. Responses say `Connection: close` only after the
 * port is closed: otherwise the proxy would open new connections, which the kernel resets before they are accepted.
 */
async function closed(server: Server): Promise<void> {
  const ended = new Promise(resolve => NetServer.prototype.close.call(server, resolve));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await ended;
  clearInterval(idle);
  clearTimeout(cut);
}
