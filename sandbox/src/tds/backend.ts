import type { LoginRequest } from './login7.ts';
import type { ResetMode } from './packet.ts';

/** Events of the engine for one connection. */
export interface ConnectionEvents {
  accepted(spid: number, packetSize: number): void;
  tokens(bytes: Buffer, last: boolean): void;
  disconnect(atOnce: boolean): void;
}

/** The engine's interface for one connection. */
export interface EngineConnection {
  login(request: LoginRequest): void;
  request(type: number, body: Buffer, reset: ResetMode): void;
  /** Reports that one buffer of tokens was sent to the client. */
  credit(): void;
  /** Stops the running request at its next tick; callers must call `clearCancel` before the next request. */
  cancel(): void;
  clearCancel(): void;
  close(): void;
}

export interface Backend {
  connect(events: ConnectionEvents): EngineConnection;
}
