import type { LexicalRule } from './tsql-lexer.js';

export type PolicyRule =
  | LexicalRule
  | 'empty'
  | 'first-word'
  | 'forbidden-word'
  | 'select-into'
  | 'several-statements'
  | 'outward-function'
  | 'exclusive-lock'
  | 'next-value'
  | 'three-part-name'
  | 'four-part-name'
  | 'label'
  | 'batch-separator'
  | 'unbalanced'
  | 'too-deep'
  | 'transaction-control'
  | 'session-setting'
  | 'server-statement'
  | 'unseen-code'
  | 'outside-limits';

/** Why a statement may not run, and where: an offset into its text. */
export class Refusal {
  constructor(
    readonly rule: PolicyRule,
    readonly offset: number,
    readonly word: string,
  ) {}
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Both count from 1. */
export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** What it says, and what to do instead; `writing` where changes are allowed. */
export function explain(refusal: Refusal, writing: boolean): { readonly what: string; readonly hint: string } {
  const word = JSON.stringify(refusal.word.length > 40 ? `${refusal.word.slice(0, 40)}…` : refusal.word);
  switch (refusal.rule) {
    case 'empty':
      return { what: 'there is no statement', hint: 'Send one SELECT.' };
    case 'first-word':
      return {
        what: `a statement that begins with ${word} may not run here`,
        hint: firstWordHint(refusal.word, writing),
      };
    case 'forbidden-word':
      return {
        what: `${word} does not belong to a ${writing ? 'statement that may run here' : 'reading statement'}`,
        hint: `${writing ? '' : 'Only reading is allowed. '}If ${word} is a name, quote it: [${refusal.word}].`,
      };
    case 'unseen-code':
      return {
        what: `${word} runs code that cannot be judged here`,
        hint: 'Write out the statements that it would run, or have a tool made for it.',
      };
    case 'select-into':
      return { what: 'SELECT … INTO makes a table', hint: 'Leave INTO out, or quote it as [INTO] if it is a name.' };
    case 'several-statements':
      return {
        what: `${word} begins a second statement`,
        hint: 'Send one statement a call. Join SELECTs with UNION ALL, and put values into "parameters" instead of DECLARE.',
      };
    case 'outward-function':
      return { what: `${word} reads outside of this database`, hint: 'Query tables and views of this database.' };
    case 'exclusive-lock':
      return {
        what: `the hint ${word} would block others`,
        hint: 'Leave it out; reads need no update or exclusive locks.',
      };
    case 'next-value':
      return { what: 'NEXT VALUE FOR changes a sequence', hint: 'Read sys.sequences for its current value.' };
    case 'three-part-name':
      return {
        what: `${word} names another database`,
        hint: 'Write schema.table: only the database of this server entry is open.',
      };
    case 'four-part-name':
      return { what: `${word} names another server`, hint: 'Write schema.table: linked servers are not open.' };
    case 'label':
      return { what: 'a label is no part of a SELECT', hint: 'Leave the colon out.' };
    case 'batch-separator':
      return {
        what: 'GO is a command of client tools, not of SQL Server',
        hint: 'Leave GO out; send one statement a call.',
      };
    case 'unbalanced':
      return { what: `the ${word} has no counterpart`, hint: 'Balance the parentheses.' };
    case 'too-deep':
      return { what: 'the parentheses are nested too deeply', hint: 'Write it with common table expressions (WITH).' };
    case 'unclosed-comment':
      return { what: 'the comment is not closed (comments nest in T-SQL)', hint: 'Close it with */.' };
    case 'unclosed-string':
      return { what: 'the text is not closed', hint: "Close it with ', and write a ' inside as ''." };
    case 'unclosed-name':
      return { what: 'the quoted name is not closed', hint: 'Close it with ], and write a ] inside as ]].' };
    case 'odd-character':
      return {
        what: `the character ${codePoints(refusal.word)} is not allowed outside of quotes`,
        hint: 'Remove it. Quotes are \' for texts, and [ ] or " for names.',
      };
    case 'ambiguous-line-end':
      return {
        what: 'a comment holds an unusual line end',
        hint: 'End lines with a line feed, or leave the comment out.',
      };
    case 'glued-word':
      return { what: `${word} is glued to a number`, hint: 'Put a space between them.' };
    case 'lookalike-word':
      return {
        what: `${word} looks like a reserved word, in other letters`,
        hint: `Write it in plain letters. If it is a name, quote it: [${refusal.word}].`,
      };
    case 'transaction-control':
      return {
        what: `${word} would end the transaction that surrounds every change`,
        hint: 'Leave it out: a call is one transaction.',
      };
    case 'session-setting':
      return { what: `the setting ${word} is not the statement's to change`, hint: 'Leave it out.' };
    case 'server-statement':
      return {
        what: `${word} concerns the server and not its data`,
        hint: 'An administrator has to do this elsewhere.',
      };
    case 'outside-limits':
      return {
        what: `${word} is outside of what you may touch`,
        hint: 'Write names as schema.table and use the tables that list_tables shows.',
      };
    default:
      return refusal.rule satisfies never;
  }
}

function firstWordHint(word: string, writing: boolean): string {
  if (writing) {
    return 'Begin with SELECT, WITH, INSERT, UPDATE, DELETE, MERGE, or a statement that defines a table or a view.';
  }
  const variables = /^(?:declare|set)$/i.test(word);
  return `Begin with SELECT or WITH … SELECT${variables ? ', and put values into "parameters"' : ''}.`;
}

function codePoints(text: string): string {
  return [...text].map(c => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
}
