import { DEFINITION_MESSAGES } from './messages/definition.messages.js';
import { NAME_MESSAGES } from './messages/name.messages.js';
import { QUERY_MESSAGES } from './messages/query.messages.js';
import { SERVER_MESSAGES } from './messages/server.messages.js';
import { DISCLOSURES, type MessageGroup, type MessageSubject } from './messages/server-message.js';
import { VALUE_MESSAGES } from './messages/value.messages.js';

/** What this server knows about one message of SQL Server (sys.messages). */
export interface ServerMessage {
  readonly subject: MessageSubject | 'unknown';
  /** SQL Server's text, abbreviated. */
  readonly text: string;
  /** Whether the caller sees the text as the server sent it. */
  readonly shown: boolean;
  /** Why the text is shown or withheld. */
  readonly because: string;
  /** The statement may be tried once more when nothing was delivered yet and nothing was written. */
  readonly transient: boolean;
  /** Replaces a text that is withheld. */
  readonly ownWords?: string;
  /** What the caller can do about the error. */
  readonly hint?: string;
}

/** The numbers that code asks for by name. */
export const MESSAGE_NUMBERS = {
  incorrectSyntax: 102,
  incorrectSyntaxNearKeyword: 156,
  /** A function, or an option of SET. */
  unknownFunction: 195,
  invalidColumnName: 207,
  invalidObjectName: 208,
  /** A permission on a database is missing. */
  permissionDenied: 262,
  missingName: 1038,
  arithmeticOverflow: 8115,
  /** An error ended the statement; another message says which. */
  statementTerminated: 3621,
  conditionExpected: 4145,
  /** The estimate exceeds QUERY_GOVERNOR_COST_LIMIT. */
  costExceeded: 8649,
  /** A reset of the session sends both. */
  databaseContextChanged: 5701,
  languageChanged: 5703,
  sessionKeyReadOnly: 15664,
} as const;

const UNKNOWN: ServerMessage = { ...DISCLOSURES.unchecked, subject: 'unknown', text: '', transient: false };

const GROUPS = [...QUERY_MESSAGES, ...NAME_MESSAGES, ...VALUE_MESSAGES, ...DEFINITION_MESSAGES, ...SERVER_MESSAGES];

/** All known messages by number. */
export const SERVER_MESSAGES_BY_NUMBER: ReadonlyMap<number, ServerMessage> = new Map(GROUPS.flatMap(entriesOf));

/** A number that is not listed is an ordinary error whose text is withheld. */
export function messageOf(number: number): ServerMessage {
  return SERVER_MESSAGES_BY_NUMBER.get(number) ?? UNKNOWN;
}

function entriesOf({ subject, disclosure, transient = false, messages }: MessageGroup): [number, ServerMessage][] {
  return Object.entries(messages).map(([number, message]) => [
    Number(number),
    { ...DISCLOSURES[disclosure], subject, transient, ...(typeof message === 'string' ? { text: message } : message) },
  ]);
}
