import { stringify } from 'yaml';
import type { Suggestion } from './suggestion-queue.js';

/**
 * The entry of `queries` that a suggestion would become, for an administrator to complete. It comes from a stranger's
 * words, so control characters are written as escapes, which a terminal can't obey.
 */
export function suggestionYaml({ question, sql, principal, at, note, id }: Suggestion): string {
  const entry = {
    name: nameOf(question, id),
    title: printable(question).slice(0, 100),
    questions: [printable(question).slice(0, 200)],
    sql: printable(sql, true),
    // The reader of the file refuses empty texts, so that nobody forgets to fill them in.
    owner: '',
    verified_on: '',
  };
  const comment = [
    `${id}: suggested by ${printable(principal)} on ${printable(at)}`,
    ...(note === undefined ? [] : [`note: ${printable(note)}`]),
  ];
  const yaml = stringify([entry], { lineWidth: 0, blockQuote: 'literal' });
  return `${comment.map(line => `# ${line}`).join('\n')}\n${yaml}`;
}

/** Characters that move the cursor, hide text or change its direction become `\u{…}`. */
export function printable(text: string, keepLines = false): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, character => {
    if (character === '\n' && keepLines) return character;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function nameOf(question: string, id: string): string {
  const words = question
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return words === '' ? `query_${id}` : words.slice(0, 48).replace(/_+$/, '');
}
