import type { CallContext } from '../call-context.js';
import type { Mentions } from './mentions.js';

/** Whose statement was judged. */
export type Judged = Pick<CallContext, 'tenant' | 'principal'>;

/** The caller's text as it runs. */
export interface RunnableText {
  /** The text of the caller, for the audit trail. */
  readonly given: string;
  /** The text that runs. Each line of it is the same line of the caller's text. */
  readonly text: string;
  /** A statement of ours that must run before the transaction begins, or ''. */
  readonly isolation: string;
  /** Whether it needs a transaction of its own, also where the login can't write. */
  readonly together: boolean;
  /** Whether it sets options of the session, which then may not be reused. */
  readonly setsOptions: boolean;
  /** What the caller should know of the text, although it runs. */
  readonly warnings: readonly string[];
  /** The objects that the text names. */
  readonly mentions: Mentions;
}

/** A statement that the policy has judged and admitted, for one person in one tenant. Only StatementPolicy makes one. */
export class AdmittedStatement {
  constructor(
    readonly runnable: RunnableText,
    readonly kind: 'read' | 'write',
    private readonly judged: Judged,
  ) {}

  get given(): string {
    return this.runnable.given;
  }

  /** An admission is good for the very person and tenant for whom the statement was judged. */
  isFor({ tenant, principal }: Judged): boolean {
    return this.judged.tenant === tenant && this.judged.principal === principal;
  }
}
