const LONGEST = 2_000;

/** A statement in a question to a person. */
export function shownStatement(statement: string): string {
  return statement.length > LONGEST ? `${statement.slice(0, LONGEST)}…` : statement;
}
