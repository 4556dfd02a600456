import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { AdmittedStatement, type Judged } from './admitted-statement.js';
import { limitsObjects } from '../access.js';
import { type CheckerClass, judge } from './judge.js';
import { databasesOf, otherDatabasesOf } from '../listed-databases.js';
import { literalWarning } from './literal-warning.js';
import { Mentions } from './mentions.js';
import type { DescribedModule } from './modules/described-module.js';
import { mayCall, type ModuleCall } from './modules/module-call.js';
import type { PolicyRules } from './policy-rules.js';
import { ReadOnlyChecker } from './read-only-checker.js';
import { explain, type Position, positionOf, Refusal } from './refusal.js';
import { habitHint } from './refusal-hints.js';
import { readFrame, type ScriptFrame } from './script/script-frame.js';
import { StatementBatch } from './statement-batch.js';
import { tokenize } from './lexer/tsql-lexer.js';
import { WriteChecker } from './write-checker.js';

/**
 * Which statements may run. A reading statement is one SELECT (or WITH … SELECT) that holds no word, function, hint or
 * name that would write, lock, or reach outside of the database; docs/read-only.md has the rules. One pass over the
 * text, whose cost grows with its length and nothing else.
 */
@Injectable()
export class StatementPolicy {
  /** Throws AppError READ_ONLY_VIOLATION, or PERMISSION_DENIED for what lies outside of this person's limits. */
  admitRead(statement: string, judged: Judged): AdmittedStatement {
    const verdict = judgeScript(statement, judged, ReadOnlyChecker);
    if (verdict.refusal !== undefined) throw errorOf(verdict.frame, verdict.refusal, 'READ_ONLY_VIOLATION');
    return admitted(statement, verdict, 'read', judged);
  }

  /** Each statement is judged by itself, and the batch is admitted as one. Throws the same errors as `admitRead`. */
  admitReads(batch: StatementBatch, judged: Judged): AdmittedStatement {
    const mentions = new Mentions(databasesOf(judged.tenant));
    const all = batch.statements.map(statement => {
      const verdict = judgeScript(statement, judged, ReadOnlyChecker, mentions);
      if (verdict.refusal !== undefined) throw errorOf(verdict.frame, verdict.refusal, 'READ_ONLY_VIOLATION');
      return admitted(statement, verdict, 'read', judged).runnable;
    });
    const { isolation } = batch;
    const runnable = {
      given: batch.given,
      text: new StatementBatch(
        all.map(({ text }) => text),
        isolation,
      ).given,
      isolation,
      together: true,
      setsOptions: isolation !== '' || all.some(({ setsOptions }) => setsOptions),
      warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
      mentions,
    };
    return new AdmittedStatement(runnable, 'read', judged);
  }

  /** Undefined for a statement that does more than read, or more than this person may read. */
  admitIfRead(statement: string, judged: Judged): AdmittedStatement | undefined {
    const verdict = judgeScript(statement, judged, ReadOnlyChecker);
    return verdict.refusal === undefined ? admitted(statement, verdict, 'read', judged) : undefined;
  }

  /** Throws AppError READ_ONLY_VIOLATION where nothing may be written, and STATEMENT_REFUSED for what never may run. */
  admitWrite(statement: string, judged: Judged): AdmittedStatement {
    if (judged.tenant.config.readOnly) {
      const frame = readFrame(statement, judged.tenant.config.database.database);
      throw errorOf(frame, new Refusal('first-word', 0, firstWord(statement)), 'READ_ONLY_VIOLATION');
    }
    if (limitsObjects(judged.principal.access)) {
      throw new AppError(
        'PERMISSION_DENIED',
        'Changes by free SQL are not open to people who are limited to some tables.',
        {
          details: { rule: 'outside-limits' },
        },
      );
    }
    const verdict = judgeScript(statement, judged, WriteChecker);
    if (verdict.refusal !== undefined) throw errorOf(verdict.frame, verdict.refusal, 'STATEMENT_REFUSED');
    return admitted(statement, verdict, 'write', judged);
  }

  /**
   * A call of a declared procedure or function. One that only reads was judged with all that it uses, and its text says so
   * to the database. Throws AppError READ_ONLY_VIOLATION, and PERMISSION_DENIED for what lies outside of a person's limits.
   */
  admitModule(module: DescribedModule, { shown, text }: ModuleCall, judged: Judged): AdmittedStatement {
    const { readOnly, database } = judged.tenant.config;
    const reads = module.reading !== undefined;
    if (readOnly && !reads)
      throw new AppError('READ_ONLY_VIOLATION', 'Refused: the procedure may change data, and this tenant only reads.', {
        details: { rule: 'unseen-code' },
      });
    if (!mayCall(module, judged.principal.access, database.database))
      throw new AppError('PERMISSION_DENIED', 'The procedure uses tables that you may not use.', {
        details: { rule: 'outside-limits' },
      });
    const mentions = new Mentions(databasesOf(judged.tenant));
    const runnable = {
      given: shown,
      text,
      isolation: '',
      setsOptions: true,
      warnings: [],
      mentions,
      together: false,
      module: module.kind,
    };
    return new AdmittedStatement(runnable, reads ? 'read' : 'write', judged);
  }
}

/** Returns the reason to refuse a statement without a frame, if there is one. */
export function checkRead(statement: string, rules: PolicyRules): Refusal | undefined {
  return judge(statement, tokenize(statement), rules, ReadOnlyChecker);
}

interface Verdict {
  readonly refusal: Refusal | undefined;
  readonly frame: ScriptFrame;
  readonly mentions: Mentions;
}

function judgeScript(
  text: string,
  judged: Judged,
  checker: CheckerClass,
  mentions = new Mentions(databasesOf(judged.tenant)),
): Verdict {
  const rules = rulesOf(judged, mentions);
  const frame = readFrame(text, rules.database);
  return { refusal: judge(frame.statement, frame.tokens, rules, checker), frame, mentions };
}

function admitted(
  given: string,
  { frame: { statement, tokens, dates, isolation }, mentions }: Verdict,
  kind: AdmittedStatement['kind'],
  judged: Judged,
): AdmittedStatement {
  // On the first line, so that the lines of errors stay the caller's. A byte order mark may only be the first character.
  const text = dates === '' ? statement : `${dates} ${statement.replace(/^\uFEFF/, ' ')}`;
  const setsOptions = dates !== '' || isolation !== '';
  const warning = literalWarning(statement, tokens);
  const warnings = warning === undefined ? [] : [warning];
  return new AdmittedStatement(
    { given, text, isolation, together: false, setsOptions, warnings, mentions },
    kind,
    judged,
  );
}

function rulesOf({ tenant, principal: { access } }: Judged, mentions: Mentions): PolicyRules {
  const { allowMultipleStatements, allowThreePartNames, database } = tenant.config;
  const databases = otherDatabasesOf(tenant);
  return {
    allowMultipleStatements,
    allowThreePartNames,
    database: database.database,
    ...(databases.length === 0 ? {} : { databases }),
    access,
    mentions,
  };
}

function errorOf(
  { statement }: ScriptFrame,
  refusal: Refusal,
  violated: 'READ_ONLY_VIOLATION' | 'STATEMENT_REFUSED',
): AppError {
  const writing = violated === 'STATEMENT_REFUSED';
  const { what, hint } = explain(refusal, writing);
  const position: Position = positionOf(statement, refusal.offset);
  const code = refusal.rule === 'outside-limits' ? 'PERMISSION_DENIED' : violated;
  return new AppError(code, `Refused at line ${position.line}, column ${position.column}: ${what}.`, {
    hint: habitHint(refusal, statement, writing) ?? hint,
    details: { rule: refusal.rule, word: refusal.word.slice(0, 100), ...position },
  });
}

function firstWord(statement: string): string {
  return /\w+/.exec(statement)?.[0] ?? '';
}
