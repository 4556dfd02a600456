/** The syntax tree: discriminated unions over `kind`. Nodes are checked against the grammar only. */
export type * from './ast/expressions.ts';
export type * from './ast/queries.ts';
export type * from './ast/statements.ts';
export type * from './ast/ddl.ts';
