/** The subject of a message of SQL Server. `unavailable`, `permission` and `cost` also determine the code of our error. */
export type MessageSubject =
  | 'syntax'
  | 'name'
  | 'argument'
  | 'type'
  | 'conversion'
  | 'constraint'
  | 'definition'
  | 'update'
  | 'transaction'
  | 'conflict'
  | 'limit'
  | 'cost'
  | 'resource'
  | 'timeout'
  | 'cancelled'
  | 'permission'
  | 'unavailable'
  | 'interrupted'
  | 'internal'
  | 'unpublished';

interface Disclosure {
  readonly shown: boolean;
  readonly because: string;
}

/** Why the text of a message is shown to the caller, or withheld. */
export const DISCLOSURES = {
  statement: { shown: true, because: 'The text repeats only what the statement says.' },
  catalog: { shown: true, because: 'The text names objects of the catalogue and limits, never a value of a row.' },
  state: { shown: true, because: 'The text describes the session, the transaction or the server, never a row.' },
  legacy: { shown: true, because: 'No supported version publishes a text; the number was always shown.' },
  value: { shown: false, because: 'The text can hold a value of a row, on SQL Server or on another engine.' },
  login: { shown: false, because: 'The text can name a login.' },
  author: { shown: false, because: 'The author of the database wrote the text, and it can hold anything.' },
  unchecked: { shown: false, because: 'Nobody has checked what the text can hold.' },
} satisfies Readonly<Record<string, Disclosure>>;

/** SQL Server's text, abbreviated: `%` stands for a name or a number. */
export type MessageText =
  | string
  | {
      readonly text: string;
      /** Replaces a text that is withheld. */
      readonly ownWords?: string;
      /** What the caller can do about the error. */
      readonly hint?: string;
    };

/** Messages that are alike in everything but their text, by number (sys.messages.message_id). */
export interface MessageGroup {
  readonly subject: MessageSubject;
  readonly disclosure: keyof typeof DISCLOSURES;
  /** The statement may be tried once more when nothing was delivered yet and nothing was written. */
  readonly transient?: boolean;
  readonly messages: Readonly<Record<number, MessageText>>;
}
