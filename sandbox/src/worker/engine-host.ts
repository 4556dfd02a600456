import { type EngineSession, type ServerMessage, type Steps, CancelledError } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { ProtocolError } from '../tds/byte-reader.ts';
import type { LoginRequest } from '../tds/login7.ts';
import { PacketType, type ResetMode } from '../tds/packet.ts';
import { TdsResponse } from '../tds/response.ts';
import type { Engine } from './engine.ts';
import { ConnectionDropped, type FaultPlan } from './fault-plan.ts';
import { faultError, UNMAPPED_ERROR } from './fault.ts';
import type { PostFromEngine, ToEngine } from './messages.ts';
import { readBatch } from '../tds/requests.ts';
import { executeRequest } from './request-execution.ts';
import { Scheduler } from './scheduler.ts';
import { SliceTicker } from './slice-ticker.ts';

/** Rows are sent after this time in milliseconds, even if their buffer is not full. */
const STALE_MILLISECONDS = 20;
/** Buffers up to this size in bytes are copied to the other thread, longer ones are transferred. */
const COPY_LIMIT = 4096;
/** Errors of this severity or more close the connection (Database Engine error severities). */
const FATAL_SEVERITY = 20;

interface Client {
  readonly ticker: SliceTicker;
  session: EngineSession | undefined;
  response: TdsResponse | undefined;
  /** Set by the fault `abort-on-error`. */
  aborted: boolean;
  /** Set while a request runs: a close must wait until it has unwound. */
  running: boolean;
  closing: boolean;
}

export function serverMessage(number: number, message: string, severity: number, state = 1): ServerMessage {
  return { number, state, severity, message, line: 1, procedure: '' };
}

/** Receives messages in the worker thread: it owns the sessions, their requests and the scheduler. */
export class EngineHost {
  private readonly engine: Engine;
  private readonly faults: FaultPlan;
  private readonly post: PostFromEngine;
  private readonly scheduler = new Scheduler();
  private readonly clients = new Map<number, Client>();

  constructor(engine: Engine, faults: FaultPlan, post: PostFromEngine) {
    this.engine = engine;
    this.faults = faults;
    this.post = post;
    faults.onRestart = milliseconds => post({ kind: 'restart', milliseconds });
  }

  handle(message: ToEngine): void {
    switch (message.kind) {
      case 'login':
        return this.login(message.connection, message.login, message.cancel);
      case 'request':
        return this.request(message.connection, message.type, message.body, message.reset);
      case 'credit':
        this.clients.get(message.connection)?.response?.credit();
        return this.scheduler.wake();
      case 'wake':
        return this.scheduler.wake();
      case 'close':
        return this.close(message.connection);
      case 'faults':
        for (const fault of message.faults) this.faults.set(fault);
        return;
      case 'stop':
        for (const connection of [...this.clients.keys()]) this.close(connection);
        return;
      default:
        message satisfies never;
    }
  }

  private login(connection: number, login: LoginRequest, cancel: SharedArrayBuffer): void {
    const client: Client = {
      ticker: new SliceTicker(new Int32Array(cancel)),
      session: undefined,
      response: undefined,
      aborted: false,
      running: false,
      closing: false,
    };
    this.clients.set(connection, client);
    const stall = this.faults.login('stall-login');
    if (stall?.kind === 'stall-login')
      setTimeout(() => this.answerLogin(connection, client, login), stall.milliseconds).unref();
    else this.answerLogin(connection, client, login);
  }

  private answerLogin(connection: number, client: Client, login: LoginRequest): void {
    if (client.closing) return;
    const response = this.newResponse(connection, () => login.database);
    try {
      this.refuseByFault(login);
      const session = this.engine.login(login);
      client.session = session;
      this.post({ kind: 'accepted', connection, spid: session.spid, packetSize: login.packetSize });
      response.loginAccepted(this.engine.databaseOf(session), login, (number, text) =>
        serverMessage(number, text, 0, 2),
      );
    } catch (error) {
      response.error(this.messageOf(error));
      response.end();
      this.clients.delete(connection);
      this.post({ kind: 'disconnect', connection, atOnce: false });
    }
  }

  private refuseByFault(login: LoginRequest): void {
    const fault = this.faults.login('refuse-login');
    if (fault?.kind !== 'refuse-login') return;
    if (fault.number === 4060) {
      throw new SqlError(
        4060,
        `Cannot open database "${login.database}" requested by the login. The login failed.`,
        11,
      );
    }
    if (fault.number === 40613)
      throw new SqlError(40613, `Database '${login.database}' on server 'sandbox' is not currently available.`, 17);
    throw new SqlError(18456, `Login failed for user '${login.user}'.`, 14);
  }

  private newResponse(connection: number, database: () => string): TdsResponse {
    return new TdsResponse((bytes, last) => {
      if (bytes.length <= COPY_LIMIT) this.post({ kind: 'tokens', connection, bytes, last });
      else this.post({ kind: 'tokens', connection, bytes, last }, [bytes.buffer as ArrayBuffer]);
    }, database);
  }

  private request(connection: number, type: number, body: Uint8Array, reset: ResetMode): void {
    const client = this.clients.get(connection);
    const session = client?.session;
    if (!client || !session) return;
    const response = this.newResponse(connection, () => this.engine.databaseOf(session));
    client.response = response;
    client.running = true;
    client.ticker.deaf = false;
    const settle = (finish: () => void, failed = response.worstSeverity > 10): void => {
      if (failed) client.aborted ||= this.faults.has('abort-on-error');
      client.running = false;
      client.response = undefined;
      finish();
      if (client.closing) this.dispose(connection, client);
      else if (response.worstSeverity >= FATAL_SEVERITY) this.post({ kind: 'disconnect', connection, atOnce: false });
    };
    this.scheduler.add({
      steps: this.steps(session, client, response, { type, body, reset }),
      ticker: client.ticker,
      afterSlice: now => {
        response.flushOlderThan(STALE_MILLISECONDS, now);
        return response.full ? response.drained : undefined;
      },
      finished: () => settle(() => response.end()),
      failed: error =>
        settle(() => {
          if (error instanceof ConnectionDropped || error instanceof ProtocolError) {
            this.post({ kind: 'disconnect', connection, atOnce: true });
            return;
          }
          if (error instanceof CancelledError) return response.cancel();
          response.error(this.messageOf(error));
          response.end();
        }, true),
    });
  }

  private *steps(
    session: EngineSession,
    client: Client,
    response: TdsResponse,
    request: { type: number; body: Uint8Array; reset: ResetMode },
  ): Steps {
    if (request.type === PacketType.bulkLoad) throw new SqlError(50000, 'The sandbox does not support bulk load.');
    if (request.reset !== 'none') {
      session.reset(request.reset === 'keepTransaction', {
        keepContext: this.faults.has('keep-session-context'),
        ignoreCost: this.faults.has('ignore-cost-limit'),
      });
      response.resetAcknowledged();
    }
    session.ignoresShowPlan = this.faults.has('ignore-showplan');
    if (client.aborted) this.refuseUntilRollback(client, request);
    const facts = { spid: session.spid, database: this.engine.databaseOf(session) };
    yield* executeRequest(session, request, response, client.ticker, this.faults, facts);
  }

  private refuseUntilRollback(client: Client, { type, body }: { type: number; body: Uint8Array }): void {
    const text = type === PacketType.batch ? readBatch(body) : '';
    if (!/^\s*(?:IF @@TRANCOUNT > 0 )?ROLLBACK/i.test(text))
      throw new SqlError(
        UNMAPPED_ERROR,
        'current transaction is aborted, commands ignored until end of transaction block',
      );
    client.aborted = false;
  }

  private messageOf(error: unknown): ServerMessage {
    if (error instanceof SqlError) {
      const { number, severity, state, message } = error;
      return { number, severity, state, message, line: error.line ?? 1, procedure: error.procedure };
    }
    const text = error instanceof Error ? error.message : String(error);
    const known = faultError(50000, `The sandbox has failed: ${text}`, { spid: 0, database: '' });
    if (process.env['SANDBOX_TRACE']) console.error(error);
    return serverMessage(known.number, known.message, known.severity);
  }

  private close(connection: number): void {
    const client = this.clients.get(connection);
    if (!client) return;
    client.closing = true;
    client.ticker.deaf = false;
    // The TDS side has set the cancel flag of a running request, which then unwinds by itself.
    if (!client.running) this.dispose(connection, client);
    else this.scheduler.wake();
  }

  private dispose(connection: number, client: Client): void {
    this.clients.delete(connection);
    client.session?.close();
    // Its locks are released now.
    this.scheduler.wake();
  }
}
