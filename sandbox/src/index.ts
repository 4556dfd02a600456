import type { Seed } from './seed/seeds.ts';
import { makeCertificate, secureContextOf, type CertificatePair } from './tds/certificate.ts';
import type { FederatedOptions } from './tds/federated.ts';
import type { EncryptionPolicy } from './tds/prelogin.ts';
import { TdsServer } from './tds/server.ts';
import { EngineClient } from './worker/engine-client.ts';
import type { Fault } from './worker/fault.ts';
import type { SandboxUser } from './worker/sandbox-engine.ts';

export { type Seed, seedBatches, type SeedName } from './seed/seeds.ts';
export type { Fault, FaultCondition } from './worker/fault.ts';
export type { FederatedOptions } from './tds/federated.ts';
export type { SandboxUser } from './worker/sandbox-engine.ts';

export interface TlsOptions {
  /** PEM texts; without them a certificate for localhost is made at every start. */
  readonly certificate?: CertificatePair;
  /** `required` refuses clients without TLS, `off` offers none. Default `optional`. */
  readonly encryption?: EncryptionPolicy;
}

export interface SandboxOptions {
  /** The default is any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly seed?: Seed;
  /**
   * Stops the clock of GETDATE() and its kin at this time, in milliseconds since 1970; the dates of the seed `demo` are
   * relative to it. Default: the clock of the machine.
   */
  readonly time?: number;
  /** Default SandboxDb. */
  readonly databaseName?: string;
  /** Absent: any user name and password is accepted, with all rights. */
  readonly users?: readonly SandboxUser[];
  /** Logins with access tokens (Entra ID). Absent: they are refused. */
  readonly fedauth?: FederatedOptions;
  readonly tls?: TlsOptions;
  readonly faults?: readonly Fault[];
  /** Default 1,000. */
  readonly maxConnections?: number;
  /** Writes lines for the operator (protocol faults, a crash), without values or passwords. The default writes nothing. */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  /** PEM of the certificate in use, for a client that wants to check it; undefined when TLS is off. */
  readonly certificate: string | undefined;
  close(): Promise<void>;
}

const LOGIN_TIMEOUT = 15_000;
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Starts a sandbox: an in-memory database that SQL Server's clients can talk to. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, databaseName = 'SandboxDb', maxConnections = 1000, log = () => {} } = options;
  const encryption = options.tls?.encryption ?? 'optional';
  const engine = new EngineClient({
    databaseName,
    seed: options.seed ?? 'sample',
    users: options.users,
    faults: options.faults ?? [],
    maxSessions: maxConnections,
    time: options.time,
  });
  try {
    const [pair] = await Promise.all([
      encryption === 'off' ? undefined : (options.tls?.certificate ?? makeCertificate()),
      engine.ready(),
    ]);
    const server = new TdsServer({
      backend: engine,
      secureContext: pair && secureContextOf(pair),
      encryption,
      federated: options.fedauth,
      host,
      port,
      maxConnections,
      loginTimeout: LOGIN_TIMEOUT,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      log,
    });
    engine.onRestart = milliseconds => void server.restart(milliseconds);
    engine.onCrash = error => {
      log(`the engine has crashed: ${error.message}`);
      // A client waits for ever on a server that never answers, so the server closes.
      void server.close();
    };
    await server.listen();
    return {
      host,
      port: server.port,
      databaseName,
      certificate: pair?.cert,
      async close() {
        await server.close();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
