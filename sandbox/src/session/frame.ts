import type { ResultSink } from '../engine/contracts.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type { MemoryTable } from '../storage/memory-table.ts';

export interface Variable {
  readonly name: string;
  readonly type: SqlType;
  value: Value;
}

export interface ModuleIdentity {
  readonly objectId: number;
  readonly schema: string;
  readonly name: string;
  /** principal_id of its owner: permissions on objects of the same owner are not checked (ownership chain). */
  readonly ownerId: number;
}

export type FrameKind = 'batch' | 'dynamic' | 'procedure' | 'function';

/** One level of execution: a batch, a dynamic batch, a procedure or a function, with what is local to it. */
export class Frame {
  readonly kind: FrameKind;
  readonly parent: Frame | undefined;
  readonly text: string;
  readonly module: ModuleIdentity | undefined;
  /** Receives its results; INSERT … EXEC and functions replace it. */
  sink: ResultSink;
  readonly variables = new Map<string, Variable>();
  readonly tableVariables = new Map<string, MemoryTable>();
  /** #tables that are dropped with this frame; those of a batch belong to the session. */
  readonly temporaryTables: Map<string, MemoryTable>;
  /** The number of TRY blocks of this frame that are being executed. */
  tryDepth = 0;
  scopeIdentity: bigint | null = null;
  /** RETURN n of a procedure. */
  status = 0;
  /** RETURN x of a scalar function, and the type it is converted to. */
  result: Value = null;
  readonly returns: SqlType | undefined;
  /** The declarations of the parameters of sp_executesql, or ''. */
  readonly declarations: string;
  /** Compiled plans of this frame's statements, by AST node; see compile.ts. */
  readonly plans = new WeakMap<object, { readonly version: string; readonly plan: unknown }>();

  constructor(options: {
    readonly kind: FrameKind;
    readonly text: string;
    readonly sink: ResultSink;
    readonly parent?: Frame | undefined;
    readonly module?: ModuleIdentity | undefined;
    readonly temporaryTables?: Map<string, MemoryTable>;
    readonly returns?: SqlType | undefined;
    readonly declarations?: string;
  }) {
    this.kind = options.kind;
    this.text = options.text;
    this.sink = options.sink;
    this.parent = options.parent;
    this.module = options.module;
    this.returns = options.returns;
    this.declarations = options.declarations ?? '';
    this.temporaryTables = options.temporaryTables ?? new Map<string, MemoryTable>();
  }

  /** @@NESTLEVEL. */
  get depth(): number {
    return this.kind === 'batch' ? 0 : (this.parent?.depth ?? 0) + 1;
  }

  variable(name: string): Variable | undefined {
    return this.variables.get(name.toLowerCase());
  }

  declare(name: string, type: SqlType, value: Value): void {
    this.variables.set(name.toLowerCase(), { name, type, value });
  }

  temporaryTable(name: string): MemoryTable | undefined {
    return this.temporaryTables.get(name.toLowerCase()) ?? this.parent?.temporaryTable(name);
  }

  /** Whether a TRY of this frame or of a calling one will catch an error. */
  get guarded(): boolean {
    return this.tryDepth > 0 || this.guardedByCaller;
  }

  get guardedByCaller(): boolean {
    return this.parent?.guarded ?? false;
  }

  /** The procedure that error messages name. */
  get procedureName(): string {
    return this.module && this.kind !== 'dynamic' ? this.module.name : '';
  }

  get insideFunction(): boolean {
    return this.kind === 'function' || (this.parent?.insideFunction ?? false);
  }
}
