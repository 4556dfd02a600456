import type { ExportOrder } from '../export-order.js';

/** How long a link may be used, in seconds. */
export const LINK_S = 15 * 60;

/** An order that waits until its person fetches the file. */
export type ExportLink = ExportOrder & LinkFacts;

export interface LinkFacts {
  /** 256 bits. It names the link, and opens nothing without the person's sign-in. */
  readonly id: string;
  readonly subject: string;
  readonly client: string;
  /** The grant by which the link was made. */
  readonly grantId: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly expiresAt: number;
}

export const LINK_ID = /^[\w-]{43}$/;

/** What the page shows of a download. */
export interface DownloadStatus {
  /** Tells attempts apart: when it began, in milliseconds since the epoch. */
  readonly attempt: number;
  readonly state: 'running' | 'failed' | 'done';
  readonly rows: number;
  readonly bytes: number;
  /** Why it failed: an AppError's code and message. */
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}
