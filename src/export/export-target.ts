import type { CallContext } from '../database/call-context.js';
import type { ExportOrder } from './export-order.js';

/** What export_query answers: a link for a person's browser, or (stdio) a file that was written here. */
export type ExportDelivery =
  | LinkDelivery
  | {
      readonly path: string;
      readonly file_name: string;
      readonly format: string;
      readonly rows: number;
      readonly bytes: number;
      readonly sha256: string;
    };

export interface LinkDelivery {
  readonly url: string;
  readonly file_name: string;
  readonly format: string;
  readonly expires_at: string;
}

/** Where exports go. The order was checked: the policy admits its statement, and its parameters are sound. */
export interface ExportTarget {
  /** Throws AppError. */
  deliver(order: ExportOrder, call: CallContext): Promise<ExportDelivery>;
}

export const EXPORT_TARGET = Symbol('ExportTarget');
