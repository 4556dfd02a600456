import { SqlError } from '../../engine/sql-error.ts';
import type { SystemProcedure } from '../../session/catalog-provider.ts';
import type { FaultPlan } from '../../worker/fault-plan.ts';
import type { Fault } from '../../worker/fault.ts';
import { c } from '../view.ts';
import { BoundArguments, type ParameterSpec } from './arguments.ts';
import { resultSet } from './result.ts';

const CONDITION: readonly ParameterSpec[] = [{ name: '@text' }, { name: '@nth' }, { name: '@times' }];
const DEFAULT_RESTART = 500;

function condition(bound: BoundArguments): { text?: string; nth?: number; times?: number } {
  return { text: bound.text('@text'), nth: bound.number('@nth'), times: bound.number('@times') };
}

/** Declares a procedure of the `sandbox` schema that sets a fault. Only a sysadmin may call it. */
function setter(
  plan: FaultPlan,
  name: string,
  parameters: readonly ParameterSpec[],
  make: (bound: BoundArguments) => Fault | undefined,
): readonly [string, SystemProcedure] {
  return [
    name,
    {
      run(args, session) {
        if (session.isServerRoleMember('sysadmin') !== true) {
          throw new SqlError(15247, 'User does not have permission to perform this action.');
        }
        const fault = make(new BoundArguments(`sandbox.${name}`, parameters, args));
        if (fault) plan.set(fault);
        return [];
      },
    },
  ];
}

/**
 * The faults as procedures: drop_connection, delay_rows, stall_login, refuse_logins, raise_error, fill_up,
 * ignore_cancel, keep_session_context, abort_on_error, restart, clear_faults, faults. The request that sets a fault is not affected by it: its own faults were looked up before.
 */
export function faultProcedures(plan: FaultPlan): ReadonlyMap<string, SystemProcedure> {
  const milliseconds = { name: '@milliseconds', required: true };
  return new Map([
    setter(plan, 'drop_connection', [{ name: '@after_rows' }, ...CONDITION], bound => ({
      kind: 'drop-connection',
      afterRows: bound.number('@after_rows'),
      ...condition(bound),
    })),
    setter(plan, 'delay_rows', [milliseconds, { name: '@every_rows' }, ...CONDITION], bound => ({
      kind: 'delay-rows',
      milliseconds: bound.number('@milliseconds') ?? 0,
      everyRows: bound.number('@every_rows'),
      ...condition(bound),
    })),
    setter(plan, 'stall_login', [milliseconds, { name: '@times' }], bound => ({
      kind: 'stall-login',
      milliseconds: bound.number('@milliseconds') ?? 0,
      times: bound.number('@times'),
    })),
    setter(plan, 'refuse_logins', [{ name: '@number' }, { name: '@times' }], bound => {
      const number = bound.number('@number') ?? 18456;
      if (number !== 18456 && number !== 4060 && number !== 40613)
        throw new SqlError(50000, 'A login can be refused with 18456, 4060 or 40613.');
      return { kind: 'refuse-login', number, times: bound.number('@times') };
    }),
    setter(
      plan,
      'raise_error',
      [{ name: '@number', required: true }, { name: '@message' }, { name: '@after_rows' }, ...CONDITION],
      bound => ({
        kind: 'raise-error',
        number: bound.number('@number') ?? 0,
        message: bound.text('@message'),
        afterRows: bound.number('@after_rows'),
        ...condition(bound),
      }),
    ),
    setter(plan, 'fill_up', [], () => ({ kind: 'fill-up' })),
    setter(plan, 'ignore_cancel', CONDITION, bound => ({ kind: 'ignore-cancel', ...condition(bound) })),
    setter(plan, 'keep_session_context', [], () => ({ kind: 'keep-session-context' })),
    setter(plan, 'ignore_cost_limit', [], () => ({ kind: 'ignore-cost-limit' })),
    setter(plan, 'abort_on_error', [], () => ({ kind: 'abort-on-error' })),
    setter(plan, 'ignore_showplan', [], () => ({ kind: 'ignore-showplan' })),
    setter(plan, 'clear_faults', [], () => {
      plan.clear();
      return undefined;
    }),
    setter(plan, 'restart', [{ name: '@milliseconds' }], bound => {
      plan.onRestart(bound.number('@milliseconds') ?? DEFAULT_RESTART);
      return undefined;
    }),
    [
      'faults',
      {
        run: () => [
          resultSet(
            { kind: c.nvarchar(30), settings: c.text, met: c.int, times_left: c.int.orNull },
            plan.list().map(({ fault: { kind, ...settings }, met, left }) => ({
              kind,
              settings: JSON.stringify(settings),
              met,
              times_left: left ?? null,
            })),
          ),
        ],
      },
    ],
  ]);
}
