/** What is wrong with a SQL fragment of the knowledge file, and where in it. The message is a sentence without its place. */
export class ExpressionFault extends Error {
  constructor(
    message: string,
    /** UTF-16 units from the beginning of the fragment. */
    readonly offset: number,
  ) {
    super(message);
    this.name = 'ExpressionFault';
  }
}
