import type { CellValue } from './result-set.js';
import type { DriverConnection, ResponseHandler, Rpc, RunLimits, RunOutcome } from './session-request.js';

const OWN_BATCH_MS = 2_000;

export const SILENT: ResponseHandler = { columns: () => {}, row: () => {}, done: () => {}, message: () => {} };

/** The limits of a batch of ours that nobody waits for. */
export function ownLimits(): RunLimits {
  return { timeoutMs: OWN_BATCH_MS, signal: new AbortController().signal, cells: { maxBytes: 100, cutCells: 0 } };
}

type Send = (rpc: Rpc, handler: ResponseHandler, limits: RunLimits) => Promise<RunOutcome>;

/**
 * Whether a session that is to be reset works and has no open transaction. The reset rides on this request, which also
 * sets the driver's options again, as at the login.
 */
export async function isProvenClean(connection: DriverConnection, send: Send): Promise<boolean> {
  if (connection.closed) return false;
  let open: unknown;
  const text = `${connection.getInitialSql()}\nSELECT @@TRANCOUNT AS open_transactions;`;
  const handler = { ...SILENT, row: (row: CellValue[]) => void (open = row[0]) };
  const outcome = await send({ text, parameters: [] }, handler, ownLimits()).catch(() => undefined);
  return outcome !== undefined && outcome.stopped === undefined && open === 0;
}
