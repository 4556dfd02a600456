import type { LoginRequest } from './login7.ts';
import type { ResetMode } from './packet.ts';

/** What the engine tells one connection. */
export interface ConnectionEvents {
  accepted(spid: number, packetSize: number): void;
  tokens(bytes: Buffer, last: boolean): void;
  disconnect(atOnce: boolean): void;
}

/** The engine as one connection sees it. */
export interface EngineConnection {
  login(request: LoginRequest): void;
  request(type: number, body: Buffer, reset: ResetMode): void;
  /** One buffer of tokens has left for the client. */
  credit(): void;
  /** Stops the running request as soon as its loops look; `clear` before the next request. */
  cancel(): void;
  clearCancel(): void;
  close(): void;
}

export interface Backend {
  connect(events: ConnectionEvents): EngineConnection;
}
