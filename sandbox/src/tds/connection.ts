import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Backend, ConnectionEvents, EngineConnection } from './backend.ts';
import { ProtocolError } from './byte-reader.ts';
import { asksLater, type FederatedOptions, federatedInfo, readFederatedToken } from './federated.ts';
import { type LoginRequest, readLogin7 } from './login7.ts';
import { MessageReader, PacketStatus, PacketType, PacketWriter, resetMode, type Message } from './packet.ts';
import {
  buildPreloginAnswer,
  knowsFederated,
  negotiateEncryption,
  readPreloginEncryption,
  type EncryptionPolicy,
} from './prelogin.ts';
import { attentionAcknowledgement } from './response.ts';
import { TlsInTds } from './tls-in-tds.ts';

export interface ConnectionOptions {
  readonly backend: Backend;
  readonly secureContext: SecureContext | undefined;
  readonly encryption: EncryptionPolicy;
  /** Logins with access tokens; undefined refuses them. */
  readonly federated?: FederatedOptions | undefined;
  /** The time in milliseconds within which a client must complete its login. */
  readonly loginTimeout: number;
  /** The longest message of a client that has logged in. */
  readonly maxMessageBytes: number;
  /** Writes a line for the operator about a protocol fault; it never contains values or passwords. */
  readonly log: (line: string) => void;
}

/** A login needs a few hundred bytes; MS-TDS 2.2.6.4 limits it to 128 KB. */
const MAX_LOGIN_BYTES = 128 * 1024;
/** The number of messages that are queued while a request runs. Without MARS a client should send Attentions only. */
const MAX_WAITING = 4;
/** TDS 7.3 introduced the date types, 7.2 the headers of requests (MS-TDS 2.2.6.4, appendix A). */
const OLDEST_VERSION = 0x730a0003;
const TLS_HANDSHAKE = 0x16;
/** The largest number of unread answer bytes per client; it exceeds the window of one response. */
const MAX_UNREAD = 1 << 20;

type State = 'prelogin' | 'login' | 'token' | 'ready' | 'closed';

/** The connection of one client, from its first byte to its end (MS-TDS 3.3.5). */
export class Connection implements ConnectionEvents {
  private readonly socket: Socket;
  private readonly options: ConnectionOptions;
  private readonly reader = new MessageReader(MAX_LOGIN_BYTES);
  private readonly writer = new PacketWriter();
  private readonly engine: EngineConnection;
  private readonly deadline: NodeJS.Timeout;
  private transport: TlsInTds | undefined;
  private tls: TLSSocket | undefined;
  private state: State = 'prelogin';
  private encryptionMissing = false;
  /** A login that waits for its access token. */
  private pendingLogin: LoginRequest | undefined;
  private busy = false;
  private attention = false;
  private waiting: Message[] = [];
  private first = true;
  private packetSizeAfterLogin: number | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.options = options;
    this.engine = options.backend.connect(this);
    this.deadline = setTimeout(() => this.destroy(), options.loginTimeout);
    socket.setNoDelay(true);
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    socket.on('data', chunk => this.receive(chunk as Buffer));
  }

  destroy(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    clearTimeout(this.deadline);
    this.engine.close();
    this.tls?.destroy();
    this.socket.destroy();
  }

  // Events of the engine

  accepted(spid: number, packetSize: number): void {
    if (this.state === 'closed') return;
    clearTimeout(this.deadline);
    this.state = 'ready';
    this.writer.spid = spid;
    this.reader.maxMessageBytes = this.options.maxMessageBytes;
    // This answer still uses small packets; the new size applies after it was acknowledged (MS-TDS 2.2.7.9).
    this.packetSizeAfterLogin = packetSize;
  }

  tokens(bytes: Buffer, last: boolean): void {
    if (this.state === 'closed') return;
    const packets = this.writer.frame(bytes, last);
    this.write(packets, last ? undefined : () => this.engine.credit());
    if (!last) return;
    if (this.packetSizeAfterLogin !== undefined) {
      this.writer.packetSize = this.packetSizeAfterLogin;
      this.packetSizeAfterLogin = undefined;
    }
    this.busy = false;
    if (this.attention) this.acknowledgeAttention();
    this.next();
  }

  disconnect(atOnce: boolean): void {
    if (atOnce) this.destroy();
    else (this.tls ?? this.socket).end(() => this.destroy());
  }

  // Messages of the client

  private receive(chunk: Buffer): void {
    if (this.first) {
      this.first = false;
      // TDS 8.0 begins with TLS, without a PRELOGIN before it.
      if (chunk[0] === TLS_HANDSHAKE && this.options.secureContext) this.startTls(false);
    }
    if (this.transport) this.transport.feed(chunk);
    else this.read(chunk);
  }

  private read(chunk: Buffer): void {
    try {
      for (const message of this.reader.push(chunk)) {
        if (this.state === 'closed') return;
        this.accept(message);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.options.log(`connection closed: ${error.message}`);
      this.destroy();
    }
  }

  private accept(message: Message): void {
    if (message.type === PacketType.attention) {
      this.attention = true;
      this.waiting = [];
      if (this.busy) this.engine.cancel();
      else this.acknowledgeAttention();
      return;
    }
    if (this.busy) {
      if (this.waiting.length >= MAX_WAITING) throw new ProtocolError('Requests were sent while one is running.');
      this.waiting.push(message);
      return;
    }
    this.handle(message);
  }

  private next(): void {
    const message = this.waiting.shift();
    if (message) this.handle(message);
  }

  private handle(message: Message): void {
    switch (this.state) {
      case 'prelogin':
        return this.prelogin(message);
      case 'login':
        return this.login(message);
      case 'token':
        return this.federatedToken(message);
      case 'ready':
        return this.request(message);
      case 'closed':
        return;
    }
  }

  private prelogin(message: Message): void {
    if (message.type !== PacketType.prelogin) throw new ProtocolError('The client did not begin with PRELOGIN.');
    this.state = 'login';
    const federated = this.options.federated !== undefined && knowsFederated(message.body);
    if (this.tls) {
      this.write(this.writer.frame(buildPreloginAnswer(2, federated), true));
      return;
    }
    const policy = this.options.secureContext ? this.options.encryption : 'off';
    const { answer, useTls } = negotiateEncryption(policy, readPreloginEncryption(message.body));
    this.encryptionMissing = policy === 'required' && !useTls;
    this.write(this.writer.frame(buildPreloginAnswer(answer, federated), true));
    if (useTls) this.startTls(true);
  }

  private login(message: Message): void {
    if (message.type !== PacketType.login7) throw new ProtocolError('The client did not log in.');
    if (this.encryptionMissing)
      throw new ProtocolError('The server requires encryption, which the client does not offer.');
    const login = readLogin7(message.body);
    if (login.tdsVersion < OLDEST_VERSION) throw new ProtocolError('The client uses a TDS version before 7.3.');
    const { federated } = this.options;
    if (login.federatedLibrary !== undefined && federated !== undefined && asksLater(login.federatedLibrary)) {
      this.pendingLogin = login;
      this.state = 'token';
      this.write(this.writer.frame(federatedInfo(federated), true));
      return;
    }
    this.busy = true;
    const foreign = login.foreignAuthentication || login.federatedLibrary !== undefined;
    this.engine.login({ ...login, foreignAuthentication: foreign });
  }

  private federatedToken(message: Message): void {
    const login = this.pendingLogin;
    if (message.type !== PacketType.federatedToken || login === undefined)
      throw new ProtocolError('The client did not send its access token.');
    this.pendingLogin = undefined;
    this.busy = true;
    const admitted = this.options.federated?.accepts(readFederatedToken(message.body)) === true;
    this.engine.login({ ...login, federated: admitted ? 'admitted' : 'refused' });
  }

  private request(message: Message): void {
    if ((message.status & PacketStatus.ignore) !== 0) {
      // The client cancelled the request while it was sending it: nothing runs, and the client expects one answer.
      this.write(this.writer.frame(attentionAcknowledgement(), true));
      return;
    }
    this.busy = true;
    this.engine.request(message.type, message.body, resetMode(message.status));
  }

  private acknowledgeAttention(): void {
    this.attention = false;
    this.engine.clearCancel();
    this.write(this.writer.frame(attentionAcknowledgement(), true));
  }

  // Output

  private write(packets: Buffer, sent?: () => void): void {
    if (packets.length === 0) {
      sent?.();
      return;
    }
    const stream = this.tls ?? this.socket;
    stream.write(packets, error => {
      if (!error) sent?.();
    });
    // The server reads nothing more from a client that does not read its answers, until the client has read them.
    if (stream.writableLength <= MAX_UNREAD || stream.isPaused()) return;
    stream.pause();
    stream.once('drain', () => stream.resume());
  }

  private startTls(handshakeInPackets: boolean): void {
    const transport = new TlsInTds(this.socket, handshakeInPackets);
    const tls = new TLSSocket(transport, {
      isServer: true,
      secureContext: this.options.secureContext,
      ALPNProtocols: ['tds/8.0'],
    });
    transport.on('error', () => this.destroy());
    tls.on('error', error => {
      this.options.log(`TLS failed: ${error.message}`);
      this.destroy();
    });
    tls.on('close', () => this.destroy());
    tls.on('data', (chunk: Buffer) => this.read(chunk));
    this.transport = transport;
    this.tls = tls;
  }
}
