/** Reading statements that run one after the other on one session, in one transaction. */
export class StatementBatch {
  /** The texts of all statements, for the audit trail. */
  readonly given: string;

  /** `isolation` is a statement that must run before the transaction begins, or ''. */
  constructor(
    readonly statements: readonly string[],
    readonly isolation: string,
  ) {
    // Each begins on a line of its own, because the one before may end with a comment.
    this.given = statements.join('\n;\n');
  }
}
