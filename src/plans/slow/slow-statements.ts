import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type StatementRuns, StatementTrail } from '../../audit/statement-trail.js';
import type { CallContext } from '../../database/call-context.js';
import { maskedText } from '../../database/policy/lexer/masked-text.js';
import { StatementPolicy } from '../../database/policy/statement-policy.js';
import { descendants, readPlan } from '../showplan/plan-document.js';
import { redacted } from '../showplan/plan-redaction.js';
import { PlanVisibility } from '../showplan/plan-visibility.js';
import { writePlan } from '../showplan/plan-writer.js';
import type { CountedStatement, Source } from './slow-statement.js';
import { type SlowRequest, SlowStatementReader } from './slow-statement.reader.js';

export interface SlowStatement {
  /** The text without values; undefined when this server can't parse it, or the person may not see it. */
  readonly text: string | undefined;
  readonly counted: CountedStatement;
  /** Who ran it through this server according to the audit trail; undefined when the trail can't be searched. */
  readonly askedBy: readonly StatementRuns[] | undefined;
}

/** The slow statements of a tenant's own database, for its operators. */
@Injectable()
export class SlowStatements {
  constructor(
    private readonly reader: SlowStatementReader,
    private readonly trail: StatementTrail,
    private readonly policy: StatementPolicy,
  ) {}

  /** Throws the errors of SlowStatementReader.read. */
  async list(
    request: SlowRequest,
    call: CallContext,
  ): Promise<{ readonly source: Source; readonly statements: readonly SlowStatement[] }> {
    const { source, statements } = await this.reader.read(request, call);
    const hashes = new Set(statements.flatMap(hashesOf));
    const runs = await this.trail.runsOf(call.tenant.name, hashes);
    return {
      source,
      statements: statements.map(counted => ({
        counted,
        text: this.mayRead(counted.statement, call) ? maskedText(counted.statement)?.trim() : undefined,
        askedBy: runs === undefined ? undefined : hashesOf(counted).flatMap(key => runs.get(key) ?? []),
      })),
    };
  }

  /** Returns the plan as XML without values; undefined when the database no longer has it, or the person may not see it. */
  async plan(source: Source, key: string, call: CallContext): Promise<string | undefined> {
    const text = await this.reader.plan(source, key, call);
    if (text === undefined) return undefined;
    const plan = readPlan(text);
    const statements = [...descendants(plan)].flatMap(({ attributes }) => attributes.StatementText ?? []);
    return statements.every(statement => this.mayRead(statement, call))
      ? writePlan(redacted(plan, new PlanVisibility(call)))
      : undefined;
  }

  /** A person whom an access rule limits to some objects sees only the statements that they may run themselves. */
  private mayRead(statement: string, call: CallContext): boolean {
    return !new PlanVisibility(call).limited || this.policy.admitIfRead(statement, call) !== undefined;
  }
}

/** The trail has the hash of the text that the person sent. The database may have removed the semicolon at its end. */
function hashesOf({ batch, statement }: CountedStatement): readonly string[] {
  const texts = new Set([batch, statement, `${statement};`]);
  return [...texts].map(text => hash('sha256', text, 'hex'));
}
