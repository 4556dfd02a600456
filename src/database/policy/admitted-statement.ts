import type { CallContext } from '../call-context.js';

/** Whose statement was judged. */
export type Judged = Pick<CallContext, 'tenant' | 'principal'>;

/** A statement that the policy has judged and admitted, for one person in one tenant. Only StatementPolicy makes one. */
export class AdmittedStatement {
  constructor(
    readonly text: string,
    readonly kind: 'read' | 'write',
    private readonly judged: Judged,
  ) {}

  /** An admission is good for the very person and tenant for whom the statement was judged. */
  isFor({ tenant, principal }: Judged): boolean {
    return this.judged.tenant === tenant && this.judged.principal === principal;
  }
}
