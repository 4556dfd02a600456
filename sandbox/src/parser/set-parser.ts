import { notSupported } from '../engine/sql-error.ts';
import type { SetIdentityInsert, SetIsolationLevel, SetSwitch, SetValue, SetVariable } from './ast.ts';
import type { Bare } from './dml-parser.ts';
import { stringLiteral } from './literals.ts';
import { ModuleParser } from './module-parser.ts';
import { syntaxError } from './syntax-error.ts';

const SWITCHES: ReadonlySet<string> = new Set([
  'ANSI_DEFAULTS',
  'ANSI_NULLS',
  'ANSI_NULL_DFLT_OFF',
  'ANSI_NULL_DFLT_ON',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'ARITHABORT',
  'ARITHIGNORE',
  'CONCAT_NULL_YIELDS_NULL',
  'CURSOR_CLOSE_ON_COMMIT',
  'DISABLE_DEF_CNST_CHK',
  'FMTONLY',
  'FORCEPLAN',
  'IMPLICIT_TRANSACTIONS',
  'NOCOUNT',
  'NOEXEC',
  'NUMERIC_ROUNDABORT',
  'PARSEONLY',
  'QUOTED_IDENTIFIER',
  'REMOTE_PROC_TRANSACTIONS',
  'SHOWPLAN_ALL',
  'SHOWPLAN_TEXT',
  'SHOWPLAN_XML',
  'XACT_ABORT',
]);

const VALUES: ReadonlySet<string> = new Set([
  'CONTEXT_INFO',
  'DATEFIRST',
  'DATEFORMAT',
  'DEADLOCK_PRIORITY',
  'FIPS_FLAGGER',
  'LANGUAGE',
  'LOCK_TIMEOUT',
  'QUERY_GOVERNOR_COST_LIMIT',
  'ROWCOUNT',
  'TEXTSIZE',
]);

const LEVELS: readonly SetIsolationLevel['level'][] = [
  'READ UNCOMMITTED',
  'READ COMMITTED',
  'REPEATABLE READ',
  'SNAPSHOT',
  'SERIALIZABLE',
];

type SetStatement = Bare<SetVariable | SetSwitch | SetValue | SetIdentityInsert | SetIsolationLevel>;

/** SET in all its forms. */
export abstract class SetParser extends ModuleParser {
  protected set(): SetStatement {
    this.need('SET');
    if (this.token.kind === 'variable') return this.setVariable();
    const { line, text, upper } = this.token;
    if (this.eat('TRANSACTION')) return this.isolationLevel();
    if (this.eat('IDENTITY_INSERT')) {
      return { kind: 'set identity insert', table: this.name(), on: this.onOff() };
    }
    if (this.is('STATISTICS')) return this.statistics();
    if (upper === 'OFFSETS') throw notSupported('SET OFFSETS', line);
    if (SWITCHES.has(upper)) {
      const options = this.list(() => {
        if (!SWITCHES.has(this.token.upper)) throw this.unexpected();
        return this.advance().upper;
      });
      return { kind: 'set switch', options, on: this.onOff() };
    }
    if (VALUES.has(upper)) return this.setValue();
    if (this.token.kind !== 'word') throw this.unexpected();
    throw syntaxError(195, `'${text}' is not a recognized SET option.`, line);
  }

  private onOff(): boolean {
    const word = this.eatOne('ON', 'OFF');
    if (!word) throw this.unexpected();
    return word === 'ON';
  }

  private setVariable(): Bare<SetVariable> {
    const { line } = this.token;
    const variable = this.variableName();
    if (this.is('.')) throw notSupported(`methods of ${variable} (XML and CLR types)`, line);
    if (!this.isAssignment) throw this.unexpected();
    const operator = this.advance();
    if (this.is('CURSOR')) throw notSupported('cursors', line);
    const value = this.compoundAssignment(operator, { kind: 'variable', name: variable, line }, this.expression());
    return { kind: 'set variable', variable, value };
  }

  private isolationLevel(): Bare<SetIsolationLevel> {
    this.need('ISOLATION', 'LEVEL');
    const level = LEVELS.find(l => this.eat(...l.split(' ')));
    if (!level) throw this.unexpected();
    return { kind: 'set isolation level', level };
  }

  /** SET STATISTICS IO, TIME ON: each with STATISTICS before it. */
  private statistics(): Bare<SetSwitch> {
    this.advance();
    const options = this.list(() => {
      const option = this.eatOne('IO', 'TIME', 'PROFILE', 'XML');
      if (!option) throw this.unexpected();
      return `STATISTICS ${option}`;
    });
    return { kind: 'set switch', options, on: this.onOff() };
  }

  private setValue(): Bare<SetValue> {
    const option = this.advance().upper;
    const { token } = this;
    if (this.isName || this.is('OFF')) {
      return { kind: 'set value', option, value: stringLiteral({ ...this.advance(), unicode: true }) };
    }
    if (!['number', 'string', 'binary', 'variable'].includes(token.kind) && !this.is('-', '+')) throw this.unexpected();
    return { kind: 'set value', option, value: this.unary() };
  }
}
