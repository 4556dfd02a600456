import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { limitsObjects } from '../access.js';
import type { CallContext } from '../call-context.js';
import type { PolicyRules } from './policy-rules.js';
import { ReadOnlyChecker } from './read-only-checker.js';
import { explain, type Position, positionOf, Refusal } from './refusal.js';
import { tokenize, type Tokens } from './tsql-lexer.js';
import { WriteChecker } from './write-checker.js';

interface Walk {
  run(): void;
}
type WalkClass = new (text: string, tokens: Tokens, rules: PolicyRules) => Walk;

/**
 * Which statements may run. A reading statement is one SELECT (or WITH … SELECT) that holds no word, function, hint or
 * name that would write, lock, or reach outside of the database; docs/read-only.md has the rules. One pass over the
 * text, whose cost grows with its length and nothing else.
 */
@Injectable()
export class StatementPolicy {
  /** Throws AppError READ_ONLY_VIOLATION, or PERMISSION_DENIED for what lies outside of this person's limits. */
  assertRead(statement: string, call: Pick<CallContext, 'tenant' | 'principal'>): void {
    const refusal = check(statement, rulesOf(call), ReadOnlyChecker);
    if (refusal !== undefined) throw errorOf(statement, refusal);
  }

  isRead(statement: string, call: Pick<CallContext, 'tenant' | 'principal'>): boolean {
    return check(statement, rulesOf(call), ReadOnlyChecker) === undefined;
  }

  /** Throws AppError READ_ONLY_VIOLATION where nothing may be written, or for what no statement may do. */
  assertWrite(statement: string, call: Pick<CallContext, 'tenant' | 'principal'>): void {
    if (call.tenant.config.readOnly) throw errorOf(statement, new Refusal('first-word', 0, firstWord(statement)));
    if (limitsObjects(call.principal.access)) {
      throw new AppError(
        'PERMISSION_DENIED',
        'Changes by free SQL are not open to people who are limited to some tables.',
        {
          details: { rule: 'outside-limits' },
        },
      );
    }
    const refusal = check(statement, rulesOf(call), WriteChecker);
    if (refusal !== undefined) throw errorOf(statement, refusal, true);
  }
}

/** The reason to refuse, if there is one. */
export function checkRead(statement: string, rules: PolicyRules): Refusal | undefined {
  return check(statement, rules, ReadOnlyChecker);
}

function check(statement: string, rules: PolicyRules, walk: WalkClass): Refusal | undefined {
  const tokens = tokenize(statement);
  const first = walked(statement, tokens, rules, walk);
  if (first !== undefined || !tokens.loneReturn) return first;
  // Whether a lone carriage return ends a comment is the server's to know: both readings must pass.
  return walked(statement, tokenize(statement, true), rules, walk);
}

function walked(statement: string, tokens: Tokens, rules: PolicyRules, walk: WalkClass): Refusal | undefined {
  const { fault } = tokens;
  if (fault !== undefined) return new Refusal(fault.rule, fault.offset, fault.text);
  try {
    new walk(statement, tokens, rules).run();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function rulesOf({ tenant, principal }: Pick<CallContext, 'tenant' | 'principal'>): PolicyRules {
  const { allowMultipleStatements, allowThreePartNames, database } = tenant.config;
  return { allowMultipleStatements, allowThreePartNames, database: database.database, access: principal.access };
}

function errorOf(statement: string, refusal: Refusal, writing = false): AppError {
  const { what, hint } = explain(refusal, writing);
  const position: Position = positionOf(statement, refusal.offset);
  const code = refusal.rule === 'outside-limits' ? 'PERMISSION_DENIED' : 'READ_ONLY_VIOLATION';
  return new AppError(code, `Refused at line ${position.line}, column ${position.column}: ${what}.`, {
    hint,
    details: { rule: refusal.rule, word: refusal.word.slice(0, 100), ...position },
  });
}

function firstWord(statement: string): string {
  return /\w+/.exec(statement)?.[0] ?? '';
}
