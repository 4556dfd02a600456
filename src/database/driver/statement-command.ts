import { createRequire } from 'node:module';
import type { Request } from 'tedious';

// The driver parses which kind of statement has ended (CurCmd of a DONE token, MS-TDS 2.2.7.6), but does not expose it.
// Without it the rows of UPDATE … OUTPUT could not be told from those of a SELECT.

interface DoneToken {
  readonly curCmd: number;
}
type DoneMethod = 'onDone' | 'onDoneInProc' | 'onDoneProc';
interface TokenHandler extends Record<DoneMethod, (this: TokenHandler, token: DoneToken) => void> {
  readonly request: Request;
}

const require = createRequire(import.meta.url);
const { RequestTokenHandler } = require('tedious/lib/token/handler') as {
  RequestTokenHandler: { readonly prototype: TokenHandler };
};
const commands = new WeakMap<Request, number>();

/** The command of the statement that has just ended. */
export function lastCommand(request: Request): number | undefined {
  return commands.get(request);
}

for (const method of ['onDone', 'onDoneInProc', 'onDoneProc'] as const) {
  const driverMethod = RequestTokenHandler.prototype[method];
  RequestTokenHandler.prototype[method] = function (token) {
    commands.set(this.request, token.curCmd);
    driverMethod.call(this, token);
  };
}
