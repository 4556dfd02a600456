const MAX_DESCRIPTION = 500;

/** What an administrator wrote about a query or a procedure that is a tool. */
export interface Described {
  readonly title: string;
  readonly meaning?: string | undefined;
  readonly questions?: readonly string[] | undefined;
  readonly owner?: string | undefined;
  readonly verified_on?: string | undefined;
}

/** The description of a declared tool, on one line and cut where it is too long; `more` are sentences of the server. */
export function declaredDescription(
  { title, meaning = title, questions = [], owner, verified_on: on }: Described,
  more: readonly string[] = [],
): string {
  const answers = questions.length === 0 ? [] : [`Answers ${questions.map(each => JSON.stringify(each)).join(', ')}.`];
  const verified = owner === undefined || on === undefined ? [] : [`Verified ${on} by ${owner}.`];
  const text = [meaning, ...answers, ...verified, ...more].join(' ').replace(/\s+/g, ' ');
  return text.length <= MAX_DESCRIPTION ? text : `${text.slice(0, MAX_DESCRIPTION - 1)}…`;
}
