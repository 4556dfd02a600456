import { createRequire } from 'node:module';
import type { Request } from 'tedious';

// The driver parses which kind of statement has ended (CurCmd of a DONE token, MS-TDS 2.2.7.6), and that a transaction
// has begun (ENVCHANGE type 8, MS-TDS 2.2.7.9), but does not expose them. Without the first the rows of
// UPDATE … OUTPUT could not be told from those of a SELECT; the second tells that our preamble has ended.

interface DoneToken {
  readonly curCmd: number;
}
type DoneMethod = 'onDone' | 'onDoneInProc' | 'onDoneProc';
interface TokenHandler extends Record<DoneMethod, (this: TokenHandler, token: DoneToken) => void> {
  readonly request: Request;
  onBeginTransaction(this: TokenHandler, token: unknown): void;
}

const require = createRequire(import.meta.url);
const { RequestTokenHandler } = require('tedious/lib/token/handler') as {
  RequestTokenHandler: { readonly prototype: TokenHandler };
};
const commands = new WeakMap<Request, number>();
const begun = new WeakSet<Request>();

/** The command of the statement that has just ended. */
export function lastCommand(request: Request): number | undefined {
  return commands.get(request);
}

/** Whether a transaction began while the request ran. */
export function hasBegunTransaction(request: Request): boolean {
  return begun.has(request);
}

const driverBegin = RequestTokenHandler.prototype.onBeginTransaction;
RequestTokenHandler.prototype.onBeginTransaction = function (token) {
  begun.add(this.request);
  driverBegin.call(this, token);
};

for (const method of ['onDone', 'onDoneInProc', 'onDoneProc'] as const) {
  const driverMethod = RequestTokenHandler.prototype[method];
  RequestTokenHandler.prototype[method] = function (token) {
    commands.set(this.request, token.curCmd);
    driverMethod.call(this, token);
  };
}
