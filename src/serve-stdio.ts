import { Console } from 'node:console';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AppError } from './common/app-error.js';
import { Drain } from './common/drain.js';
import { logger, logTo, setLogLevel } from './common/log.js';
import { NestLogger } from './common/nest-logger.js';
import { StartupError } from './common/startup-error.js';
import { readStdioConfig, stdioEnvironment, type StdioOptions } from './config/read-stdio-config.js';
import type { ServerConfig } from './config/server.config.js';
import { stateDirectory } from './config/state-directory.js';
import { handleStrayErrors } from './invocation/stray-errors.js';
import { StdioOutput } from './mcp/stdio/stdio-output.js';
import { StdioTransport } from './mcp/stdio/stdio.transport.js';
import { stateKey } from './state/state-key.js';
import { StdioAppModule } from './stdio-app.module.js';

const log = logger('server');

/** Clients wait 2 s after they closed standard input, then send SIGTERM, and 2 s later SIGKILL (both official SDKs). */
const STOP_MS = 3_000;
/** Lines of the log that wait for a client which does not read standard error; further lines are dropped. */
const MAX_LOG_BYTES = 256 * 1024;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type Extensions = NonNullable<Parameters<typeof StdioAppModule.forRoot>[1]>;

/**
 * Serves one person over standard input and output. Ends the process with 0 when the input ends, the output breaks, or a
 * signal comes, and with 1 after an error that nobody caught; with faulty settings it lists them on standard error and
 * ends the process with 1.
 */
export async function serveStdio(options: StdioOptions = {}, extensions: Extensions = []): Promise<never> {
  keepOutputForProtocol();
  try {
    return await serveUntilStopped(options, extensions);
  } catch (error) {
    // Anything else is a defect, and keeps its stack.
    if (!(error instanceof AppError) && !(error instanceof StartupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function serveUntilStopped(options: StdioOptions, extensions: Extensions): Promise<never> {
  const reasons = stopReasons();
  const stopping = reasons.signal;
  const env = stdioEnvironment(options);
  const config = withHeadKey(readStdioConfig(env), stateDirectory(env));
  setLogLevel(config.logLevel);
  if (hasPassword(options.connection))
    log.warn('a password on the command line can be seen by other users of this machine; set MSSQL_PASSWORD instead');
  const app = await NestFactory.createApplicationContext(StdioAppModule.forRoot(config, extensions), {
    logger: new NestLogger(),
    abortOnError: false,
  });
  const output = new StdioOutput(process.stdout);
  log.info({ database: config.tenants[0]?.database.database, read_only: config.tenants[0]?.readOnly }, 'serving stdio');
  stopping.addEventListener('abort', () => app.get(Drain).begin());
  handleStrayErrors(() => reasons.abort());
  const ended = app.get(StdioTransport).serve(process.stdin, output, stopping);
  process.stdin.once('close', limitStop);
  stopping.addEventListener('abort', limitStop);
  if (stopping.aborted) limitStop();
  await ended;
  await app.close();
  log.info('stopped');
  await Promise.all([output.flushed(), new StdioOutput(process.stderr).flushed()]);
  process.exit();
}

/** Everything that is not the protocol goes to standard error: the log, and what a team's own tool prints. */
function keepOutputForProtocol(): void {
  // The client may have closed it.
  process.stderr.on('error', () => {});
  logTo({
    write: line => {
      if (process.stderr.writableLength < MAX_LOG_BYTES) process.stderr.write(line);
    },
  });
  globalThis.console = new Console(process.stderr, process.stderr);
}

/** Is aborted by the first signal, or when the client no longer reads. */
function stopReasons(): AbortController {
  const reasons = new AbortController();
  const stop = (): void => reasons.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  process.stdout.on('error', stop);
  return reasons;
}

function limitStop(): void {
  setTimeout(() => process.exit(), STOP_MS).unref();
}

/** The audit trail outlives the process, and so does the key of its head file. Throws AppError. */
function withHeadKey(config: ServerConfig, directory: string): ServerConfig {
  if (config.auditFile === 'stderr') return config;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const headKey = stateKey({
      stateKey: undefined,
      stateStore: `sqlite:${path.join(directory, 'state.db')}`,
      production: false,
    });
    return Object.assign(config, { headKey });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError(
      'INTERNAL',
      `The server cannot start:\n  - ${directory} cannot be written (${code}). Make it writable, or set AUDIT_FILE=stderr.`,
      { expose: true, cause: error },
    );
  }
}

function hasPassword(connection: string | undefined): boolean {
  return connection !== undefined && /^\w+:\/\/[^/@:]*:[^/]*@|(?:password|pwd)\s*=/i.test(connection);
}
