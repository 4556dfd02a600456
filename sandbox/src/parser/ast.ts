/** The syntax tree: discriminated unions over `kind`. What a node holds has been checked against the grammar only. */
export type * from './ast/expressions.ts';
export type * from './ast/queries.ts';
export type * from './ast/statements.ts';
export type * from './ast/ddl.ts';
