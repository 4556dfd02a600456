import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import type { Allowance, Budget, Principal } from '../common/principal.js';
import { incrementAll, readCount } from '../state/keyed-names.js';
import type { StateCipher } from '../state/state-cipher.js';
import type { StateStore } from '../state/state-store.js';

/** Whose budget it is. */
export interface Spender {
  readonly principal: Pick<Principal, 'tenant' | 'subject' | 'access'>;
}

export interface Spent {
  readonly rows: number;
  readonly seconds: number;
}

type Measure = keyof Budget;

const WINDOW_SECONDS = { hour: 3_600, day: 86_400 } as const;
/** A counter outlives its window by so much, because the clocks of several servers differ. */
const SPARE_SECONDS = 300;
const MS = 1_000;
/** What messages call the measures. Database seconds are counted in milliseconds. */
const MEASURES = {
  calls: { name: 'calls', unit: 1 },
  rows: { name: 'rows', unit: 1 },
  databaseSeconds: { name: 'database_seconds', unit: MS },
} as const satisfies Readonly<Record<Measure, { readonly name: string; readonly unit: number }>>;

const log = logger('budgets');

/**
 * Counts what each person uses of the budget of their access rules, in the state store, so that all processes count the
 * same. Calls are counted when they begin, and a burst cannot exceed their number. Rows and database seconds are known
 * only afterwards: a statement begins while any are left. People without a budget cost nothing.
 */
export class Budgets {
  constructor(
    private readonly store: StateStore,
    private readonly cipher: StateCipher,
    private readonly now: () => number = Date.now,
  ) {}

  /** Throws AppError TOO_MANY_REQUESTS, and UNAVAILABLE when the state store is away. */
  async countCall(who: Spender): Promise<void> {
    const allowance = who.principal.access.budget?.calls;
    if (allowance === undefined) return;
    const counted = await this.add(who, 'calls', allowance, 1);
    if (counted <= allowance.amount) return;
    // It didn't begin: who keeps on trying has not used more when the administrator raises the budget.
    await this.add(who, 'calls', allowance, -1).catch(uncounted(who));
    throw this.usedUp('calls', allowance);
  }

  /** Whether rows and database seconds are left. Throws as `countCall`. */
  async assertLeft(who: Spender): Promise<void> {
    const { rows, databaseSeconds } = who.principal.access.budget ?? {};
    await Promise.all([
      this.assertMeasure(who, 'rows', rows),
      this.assertMeasure(who, 'databaseSeconds', databaseSeconds),
    ]);
  }

  /** Never rejects: what was given out can't be taken back. */
  async spend(who: Spender, { rows, seconds }: Spent): Promise<void> {
    const { rows: ofRows, databaseSeconds: ofSeconds } = who.principal.access.budget ?? {};
    const work = [
      ...(ofRows === undefined || rows === 0 ? [] : [this.add(who, 'rows', ofRows, rows)]),
      ...(ofSeconds === undefined || seconds === 0
        ? []
        : [this.add(who, 'databaseSeconds', ofSeconds, Math.ceil(seconds * MS))]),
    ];
    if (work.length === 0) return;
    await Promise.all(work).catch(uncounted(who));
  }

  private async assertMeasure(who: Spender, measure: Measure, allowance: Allowance | undefined): Promise<void> {
    if (allowance === undefined) return;
    const counted = await readCount(this.store, this.namesOf(who, measure, allowance));
    if (counted >= allowance.amount * MEASURES[measure].unit) throw this.usedUp(measure, allowance);
  }

  private add(who: Spender, measure: Measure, allowance: Allowance, amount: number): Promise<number> {
    const ttlSeconds = WINDOW_SECONDS[allowance.per] + SPARE_SECONDS;
    return incrementAll(this.store, this.namesOf(who, measure, allowance), ttlSeconds, amount);
  }

  private namesOf({ principal }: Spender, measure: Measure, { per }: Allowance): readonly string[] {
    const { tenant, subject } = principal;
    const id = JSON.stringify([tenant, subject, measure, per, this.windowOf(per)]);
    return this.cipher.hashes(id).map(name => `budget:${name}`);
  }

  /** The number of the window. Windows begin at full hours and at midnight, in UTC. */
  private windowOf(per: Allowance['per']): number {
    return Math.floor(this.now() / MS / WINDOW_SECONDS[per]);
  }

  private usedUp(measure: Measure, { amount, per }: Allowance): AppError {
    const opensAt = (this.windowOf(per) + 1) * WINDOW_SECONDS[per] * MS;
    const minutes = Math.ceil((opensAt - this.now()) / 60_000);
    const { name } = MEASURES[measure];
    const opens = new Date(opensAt).toISOString().replace('.000Z', 'Z');
    return new AppError(
      'TOO_MANY_REQUESTS',
      `Your budget of ${name.replaceAll('_', ' ')} (${amount} per ${per}) is used up. The next period begins at ${opens}, in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
      {
        hint: 'Do not try again before then. An administrator can change the budget of the access rule.',
        details: { budget: name, limit: amount, per, opens_at: opens },
      },
    );
  }
}

function uncounted({ principal: { tenant } }: Spender): (error: unknown) => void {
  return error =>
    log.error({ err: error, tenant }, 'the rows and seconds of a call could not be counted in its budget');
}
