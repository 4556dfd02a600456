import type { LoginRequest } from '../tds/login7.ts';
import type { ResetMode } from '../tds/packet.ts';
import type { Fault } from './fault.ts';

/** From the TDS side to the engine. */
export type ToEngine =
  | {
      readonly kind: 'login';
      readonly connection: number;
      readonly login: LoginRequest;
      readonly cancel: SharedArrayBuffer;
    }
  | {
      readonly kind: 'request';
      readonly connection: number;
      readonly type: number;
      readonly body: Uint8Array;
      readonly reset: ResetMode;
    }
  | { readonly kind: 'credit'; readonly connection: number }
  /** A cancel flag was set; the engine must check the waiting requests. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'close'; readonly connection: number }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'stop' };

/** From the engine to the TDS side. */
export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'accepted'; readonly connection: number; readonly spid: number; readonly packetSize: number }
  | { readonly kind: 'tokens'; readonly connection: number; readonly bytes: Uint8Array; readonly last: boolean }
  /** Closes a connection, after all sent bytes have left or at once. */
  | { readonly kind: 'disconnect'; readonly connection: number; readonly atOnce: boolean }
  /** All connections are closed, and none is accepted for `milliseconds`. */
  | { readonly kind: 'restart'; readonly milliseconds: number };

export type PostFromEngine = (message: FromEngine, transfer?: readonly ArrayBuffer[]) => void;
