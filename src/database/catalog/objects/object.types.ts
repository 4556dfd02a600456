export type ModuleKind = 'procedure' | 'function' | 'view' | 'trigger';

export interface ParameterDescription {
  /** With its @; absent for the value that a scalar function returns. */
  readonly name?: string;
  readonly type: string;
  readonly output?: true;
}

export interface ResultColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** The text of a module, or why it is not shown. */
export type ModuleText =
  | { readonly kind: 'text'; readonly text: string; readonly masked: boolean; readonly cut: boolean }
  | { readonly kind: 'encrypted' | 'not_permitted' | 'names_hidden' };

/** A procedure, function, view or trigger as one person sees it. Names are written as in SQL text. */
export interface ObjectDescription {
  /** Absent for the tenant's own database. */
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
  readonly type: ModuleKind;
  /** The table of a trigger. */
  readonly table?: string;
  readonly parameters: readonly ParameterDescription[];
  /** Absent where the server can't tell: it needs to run the code, or the login may not ask. */
  readonly resultColumns?: readonly ResultColumnDescription[];
  readonly text: ModuleText;
  /** Absent where the login may not know. */
  readonly dependsOn?: readonly string[];
  readonly usedBy?: readonly string[];
  /** ISO 8601, in the server's time zone. */
  readonly modifiedAt?: string;
}
