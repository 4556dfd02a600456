import { fixedNumbers, sequence } from './fixed-numbers.ts';

const METHODS = ['card', 'direct debit', 'bank transfer', 'wallet'] as const;
const ERRORS = ['insufficient_funds', 'card_expired', 'gateway_timeout', 'limit_exceeded', 'account_closed'] as const;
/** The log has the payments of so many days. */
export const PAYMENT_DAYS = 7;
const SECONDS_BETWEEN_PAYMENTS = 300;

/** A payment of the log; see demo.ts for the time that it has. */
export interface Payment {
  /** Seconds since the log began to repeat. */
  readonly second: number;
  readonly customer: string;
  readonly amount: number;
  readonly method: (typeof METHODS)[number];
  readonly status: 'completed' | 'pending' | 'failed';
  readonly error: (typeof ERRORS)[number] | null;
}

/** One payment of one of these customers in five minutes. At least every eighth fails, so that one has in any hour. */
export function paymentRows(customers: readonly string[]): readonly Payment[] {
  const next = fixedNumbers(19);
  return sequence((PAYMENT_DAYS * 86_400) / SECONDS_BETWEEN_PAYMENTS, i => {
    const status = i % 8 === 5 || next(40) === 0 ? 'failed' : next(60) === 0 ? 'pending' : 'completed';
    return {
      second: i * SECONDS_BETWEEN_PAYMENTS + next(SECONDS_BETWEEN_PAYMENTS - 60),
      customer: customers[next(customers.length)] ?? '',
      amount: (500 + next(90_000)) / 100,
      method: METHODS[next(METHODS.length)] ?? 'card',
      status,
      error: status === 'failed' ? (ERRORS[next(ERRORS.length)] ?? null) : null,
    };
  });
}
