import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { AdmittedStatement, type Judged } from './admitted-statement.js';
import { limitsObjects } from '../access.js';
import type { PolicyRules } from './policy-rules.js';
import { ReadOnlyChecker } from './read-only-checker.js';
import { explain, type Position, positionOf, Refusal } from './refusal.js';
import { tokenize, type Tokens } from './tsql-lexer.js';
import { WriteChecker } from './write-checker.js';

interface Checker {
  run(): void;
}
type CheckerClass = new (text: string, tokens: Tokens, rules: PolicyRules) => Checker;

/**
 * Which statements may run. A reading statement is one SELECT (or WITH … SELECT) that holds no word, function, hint or
 * name that would write, lock, or reach outside of the database; docs/read-only.md has the rules. One pass over the
 * text, whose cost grows with its length and nothing else.
 */
@Injectable()
export class StatementPolicy {
  /** Throws AppError READ_ONLY_VIOLATION, or PERMISSION_DENIED for what lies outside of this person's limits. */
  admitRead(statement: string, judged: Judged): AdmittedStatement {
    const refusal = check(statement, rulesOf(judged), ReadOnlyChecker);
    if (refusal !== undefined) throw errorOf(statement, refusal);
    return new AdmittedStatement(statement, 'read', judged);
  }

  /** Undefined for a statement that does more than read, or more than this person may read. */
  admitIfRead(statement: string, judged: Judged): AdmittedStatement | undefined {
    const refusal = check(statement, rulesOf(judged), ReadOnlyChecker);
    return refusal === undefined ? new AdmittedStatement(statement, 'read', judged) : undefined;
  }

  /** Throws AppError READ_ONLY_VIOLATION where nothing may be written, or for what no statement may do. */
  admitWrite(statement: string, judged: Judged): AdmittedStatement {
    if (judged.tenant.config.readOnly) throw errorOf(statement, new Refusal('first-word', 0, firstWord(statement)));
    if (limitsObjects(judged.principal.access)) {
      throw new AppError(
        'PERMISSION_DENIED',
        'Changes by free SQL are not open to people who are limited to some tables.',
        {
          details: { rule: 'outside-limits' },
        },
      );
    }
    const refusal = check(statement, rulesOf(judged), WriteChecker);
    if (refusal !== undefined) throw errorOf(statement, refusal, true);
    return new AdmittedStatement(statement, 'write', judged);
  }
}

/** Returns the reason to refuse the statement, if there is one. */
export function checkRead(statement: string, rules: PolicyRules): Refusal | undefined {
  return check(statement, rules, ReadOnlyChecker);
}

function check(statement: string, rules: PolicyRules, checker: CheckerClass): Refusal | undefined {
  const tokens = tokenize(statement);
  const first = judge(statement, tokens, rules, checker);
  if (first !== undefined || !tokens.loneReturn) return first;
  // Servers may disagree whether a lone carriage return ends a comment, so both readings must pass.
  return judge(statement, tokenize(statement, true), rules, checker);
}

function judge(statement: string, tokens: Tokens, rules: PolicyRules, checker: CheckerClass): Refusal | undefined {
  const { fault } = tokens;
  if (fault !== undefined) return new Refusal(fault.rule, fault.offset, fault.text);
  try {
    new checker(statement, tokens, rules).run();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function rulesOf({ tenant, principal }: Judged): PolicyRules {
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
