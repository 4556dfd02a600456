/** The switches that @@OPTIONS shows, with their bits (sp_configure 'user options'). */
const BITS = {
  IMPLICIT_TRANSACTIONS: 2,
  CURSOR_CLOSE_ON_COMMIT: 4,
  ANSI_WARNINGS: 8,
  ANSI_PADDING: 16,
  ANSI_NULLS: 32,
  ARITHABORT: 64,
  ARITHIGNORE: 128,
  QUOTED_IDENTIFIER: 256,
  NOCOUNT: 512,
  ANSI_NULL_DFLT_ON: 1024,
  ANSI_NULL_DFLT_OFF: 2048,
  CONCAT_NULL_YIELDS_NULL: 4096,
  NUMERIC_ROUNDABORT: 8192,
  XACT_ABORT: 16384,
} as const;

export type Switch = keyof typeof BITS;

export const isSwitch = (name: string): name is Switch => Object.hasOwn(BITS, name);

/** Numbers of sys.dm_exec_sessions.transaction_isolation_level. */
export const ISOLATION_LEVELS = {
  'READ UNCOMMITTED': 1,
  'READ COMMITTED': 2,
  'REPEATABLE READ': 3,
  SERIALIZABLE: 4,
  SNAPSHOT: 5,
} as const;

export type IsolationLevel = keyof typeof ISOLATION_LEVELS;

const ODBC: readonly Switch[] = [
  'ANSI_WARNINGS',
  'ANSI_PADDING',
  'ANSI_NULLS',
  'QUOTED_IDENTIFIER',
  'ANSI_NULL_DFLT_ON',
  'CONCAT_NULL_YIELDS_NULL',
];
export const MAX_TEXT_SIZE = 2_147_483_647;
const DEFAULT_TEXT_SIZE = 4096;

/** The options that SET changes; a procedure or dynamic batch restores them at its end. */
export class SetOptions {
  private readonly on: Set<Switch>;
  textSize: number;
  dateFirst = 7;
  lockTimeout = -1;
  deadlockPriority = 0;
  rowLimit = 0;
  /** SET QUERY_GOVERNOR_COST_LIMIT; 0 or less: none. */
  costLimit = 0;
  /** Accepts the limit without effect, as Babelfish does. */
  ignoresCost = false;
  isolation: IsolationLevel = 'READ COMMITTED';
  /** SHOWPLAN_XML. */
  showPlan = false;
  /** STATISTICS XML. */
  statisticsXml = false;

  /**
   * MS-TDS 2.2.6.4, LOGIN7 fODBC: without it a session starts with the ANSI switches off and TEXTSIZE 4096, and
   * sp_reset_connection goes back to that. tedious logs in without and then sends its own SET list.
   */
  constructor(odbc: boolean) {
    this.on = new Set(odbc ? ODBC : []);
    this.textSize = odbc ? MAX_TEXT_SIZE : DEFAULT_TEXT_SIZE;
  }

  isOn(name: Switch): boolean {
    return this.on.has(name);
  }

  set(name: Switch, on: boolean): void {
    if (on) this.on.add(name);
    else this.on.delete(name);
    // Setting one of the two switches the other off.
    if (on && name === 'ANSI_NULL_DFLT_ON') this.on.delete('ANSI_NULL_DFLT_OFF');
    if (on && name === 'ANSI_NULL_DFLT_OFF') this.on.delete('ANSI_NULL_DFLT_ON');
  }

  setTextSize(bytes: number): void {
    this.textSize = bytes === 0 ? DEFAULT_TEXT_SIZE : bytes < 0 ? MAX_TEXT_SIZE : bytes;
  }

  /** @@OPTIONS. */
  get bits(): number {
    let bits = 0;
    for (const name of this.on) bits |= BITS[name];
    return bits;
  }

  copy(): SetOptions {
    const copy = new SetOptions(false);
    copy.restore(this);
    return copy;
  }

  restore(other: SetOptions): void {
    this.on.clear();
    for (const name of other.on) this.on.add(name);
    this.textSize = other.textSize;
    this.dateFirst = other.dateFirst;
    this.lockTimeout = other.lockTimeout;
    this.deadlockPriority = other.deadlockPriority;
    this.rowLimit = other.rowLimit;
    this.costLimit = other.costLimit;
    this.ignoresCost = other.ignoresCost;
    this.isolation = other.isolation;
    this.showPlan = other.showPlan;
    this.statisticsXml = other.statisticsXml;
  }
}
