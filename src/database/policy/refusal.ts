import type { LexicalRule } from './lexer/tsql-lexer.js';

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
  | 'outside-limits'
  | 'module-statement'
  | 'module-write'
  | 'module-message'
  | 'module-name';

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

/** Lines and columns count from 1. */
export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

interface Explanation {
  readonly what: string;
  readonly hint: string;
}

/** What is wrong, and what to do instead; `writing` where changes are allowed. */
export function explain(refusal: Refusal, writing: boolean): Explanation {
  const word = JSON.stringify(refusal.word.length > 40 ? `${refusal.word.slice(0, 40)}…` : refusal.word);
  switch (refusal.rule) {
    case 'empty':
      return { what: 'the text contains no statement', hint: 'Send one SELECT statement.' };
    case 'first-word':
      return {
        what: `a statement that begins with ${word} may not run here`,
        hint: firstWordHint(refusal.word, writing),
      };
    case 'forbidden-word':
      return {
        what: `the reserved word ${word} may not appear in ${writing ? 'this place' : 'a reading statement'}`,
        hint: `${writing ? '' : 'Only reading is allowed. '}If ${word} is a name, quote it: [${refusal.word}].`,
      };
    case 'unseen-code':
      return {
        what: `${word} runs code that this server cannot check`,
        hint: 'Send the statements themselves, or ask an administrator to offer the procedure as a tool.',
      };
    case 'select-into':
      return { what: 'SELECT … INTO creates a table', hint: 'Remove INTO. If it is a name, quote it: [INTO].' };
    case 'several-statements':
      return {
        what: `${word} begins a second statement`,
        hint: 'Send one statement per call. Combine SELECT statements with UNION ALL, and pass values in "parameters" instead of DECLARE.',
      };
    case 'outward-function':
      return { what: `${word} reads data outside of this database`, hint: 'Use tables and views of this database.' };
    case 'exclusive-lock':
      return {
        what: `${word} takes locks that block other sessions`,
        hint: 'Remove it. Reading needs no update locks and no exclusive locks.',
      };
    case 'next-value':
      return { what: 'NEXT VALUE FOR changes a sequence', hint: 'Read the current value from sys.sequences.' };
    case 'three-part-name':
      return {
        what: `${word} names another database`,
        hint: 'Write schema.table. Only the databases that the instructions of this server name can be used.',
      };
    case 'four-part-name':
      return { what: `${word} names another server`, hint: 'Write schema.table. Linked servers cannot be used.' };
    case 'label':
      return {
        what: 'a SELECT statement cannot have a label',
        hint: 'Remove the colon. A parameter is written @name.',
      };
    case 'batch-separator':
      return {
        what: 'GO is a command of client tools and not a T-SQL statement',
        hint: 'Remove GO, and send one statement per call.',
      };
    case 'unbalanced':
      return {
        what: `the parenthesis ${word} has no counterpart`,
        hint: 'Add the missing parenthesis, or remove this one.',
      };
    case 'too-deep':
      return {
        what: 'the parentheses are nested too deeply',
        hint: 'Rewrite the statement with common table expressions (WITH).',
      };
    case 'unclosed-comment':
      return {
        what: 'the comment is not closed (comments nest in T-SQL)',
        hint: 'Close each /* with a */ of its own.',
      };
    case 'unclosed-string':
      return { what: 'the string is not closed', hint: "Close the string with ', and write '' for a ' inside of it." };
    case 'unclosed-name':
      return {
        what: 'the quoted name is not closed',
        hint: 'Close the name with ] or ", as it was opened, and double that character inside of the name.',
      };
    case 'odd-character':
      return {
        what: `the character ${codePoints(refusal.word)} is not allowed outside of quotes`,
        hint: 'Remove the character. Use \' for strings, and [ ] or " for names.',
      };
    case 'ambiguous-line-end':
      return {
        what: 'the comment contains an unusual line end',
        hint: 'End lines with a line feed (LF), or remove the comment.',
      };
    case 'glued-word':
      return {
        what: `${word} follows a number without a space`,
        hint: 'Put a space between the number and the word.',
      };
    case 'lookalike-word':
      return {
        what: `${word} looks like a reserved word, but has letters outside of A to Z`,
        hint: `Write the word with the letters A to Z. If it is a name, quote it: [${refusal.word}].`,
      };
    case 'transaction-control':
      return {
        what: `${word} controls transactions, and the server surrounds every call with one of its own`,
        hint: 'Remove it. The server commits the call when all of its statements succeed.',
      };
    case 'session-setting':
      return {
        what: `${word} changes a setting of the session`,
        hint: 'Remove it. The server sets the options of the session.',
      };
    case 'server-statement':
      if (/^(?:proc|procedure|function|trigger)$/i.test(refusal.word)) {
        return {
          what: `${word} defines code that this server could not check when it runs`,
          hint: 'Ask an administrator to create it in the database.',
        };
      }
      return {
        what: `${word} administers the server or the database`,
        hint: 'Ask an administrator to run the statement.',
      };
    case 'outside-limits':
      return {
        what: `${word} is not among the tables that you may use`,
        hint: 'Write names as schema.table, and use the tables that list_tables returns.',
      };
    case 'module-statement':
      return {
        what: `${word} is not among the statements that a procedure which only reads may have`,
        hint: DECLARE_AS_WRITING,
      };
    case 'module-write':
      return {
        what: `${word} changes something other than a table variable or a temporary table of the procedure`,
        hint: DECLARE_AS_WRITING,
      };
    case 'module-message':
      return {
        what: `${word} raises a message by its number, and the server writes some of these to its logs`,
        hint: 'Raise a text, or use THROW.',
      };
    case 'module-name':
      return {
        what: `${word} is not found in this database`,
        hint: 'Procedures that only read may use tables, views, procedures and functions of this database, and none that are part of SQL Server.',
      };
    default:
      return refusal.rule satisfies never;
  }
}

const DECLARE_AS_WRITING = 'Leave out "reads: true", and the procedure counts as one that changes data.';

function firstWordHint(word: string, writing: boolean): string {
  if (writing) {
    return 'Begin with SELECT, WITH, INSERT, UPDATE, DELETE, MERGE, or with a statement that defines a table or a view.';
  }
  const variables = /^(?:declare|set)$/i.test(word);
  return `Begin with SELECT or WITH … SELECT${variables ? ', and pass values in "parameters"' : ''}.`;
}

function codePoints(text: string): string {
  return [...text].map(c => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
}
