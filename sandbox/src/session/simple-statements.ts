import type { Steps } from '../engine/contracts.ts';
import { toDisplayString } from '../engine/convert.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import { INT, isInteger, isString, NVARCHAR_MAX } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import { withOrigin } from './errors.ts';
import { evaluate, evaluateAs, evaluateText } from './evaluate.ts';
import { formatMessage } from './format-message.ts';
import type { Frame } from './frame.ts';
import { sendInfo } from './messages.ts';
import type { SessionState } from './session-state.ts';

const MAX_PRINT = 4000;
const MIN_THROW = 50_000;
const MAX_THROW = 2_147_483_647;

export function* print(session: SessionState, frame: Frame, statement: ast.Print): Steps {
  const text = yield* evaluateText(session, frame, statement, statement.expression);
  sendInfo(session, (text ?? ' ').slice(0, MAX_PRINT), statement.line);
}

/** Severity up to 10 is a message; from 11 an error; 19 and more need WITH LOG and a sysadmin (2754), 20 ends the connection. */
export function* executeRaiseError(session: SessionState, frame: Frame, statement: ast.RaiseError): Steps {
  const first = yield* evaluate(session, frame, statement, statement.message);
  const severity = Number((yield* evaluateAs(session, frame, statement, statement.severity, INT)) ?? 0);
  const state = Number((yield* evaluateAs(session, frame, statement, statement.state, INT)) ?? 0);
  const parameters = [];
  for (const argument of statement.args) parameters.push(yield* evaluate(session, frame, statement, argument));
  const log = statement.options.includes('LOG');
  if (severity > 18 && !(log && session.login.sysadmin)) {
    throw new SqlError(
      2754,
      'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
    );
  }
  const number = isInteger(first.type) && first.value !== null ? Number(first.value) : MIN_THROW;
  if (isInteger(first.type)) {
    if (number < 13_000 || number === MIN_THROW)
      throw new SqlError(
        2732,
        `Error number ${number} is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.`,
      );
    throw new SqlError(
      18054,
      `Error ${number}, severity ${severity}, state ${state} was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.`,
    );
  }
  if (!isString(first.type))
    throw new SqlError(2748, `Cannot specify ${first.type.name} data type (parameter 1) as a substitution parameter.`);
  const message = formatMessage(first.value === null ? '' : toDisplayString(first.value, first.type), parameters);
  const shownState = Math.min(Math.max(state < 0 ? 1 : state, 0), 255);
  if (severity <= 10) {
    sendInfo(session, message, statement.line, {
      number: MIN_THROW,
      severity: Math.max(severity, 0),
      state: shownState,
    });
    session.lastError = statement.options.includes('SETERROR') ? MIN_THROW : 0;
    session.rowCount = 0;
    return;
  }
  throw withOrigin(new SqlError(MIN_THROW, message, Math.min(severity, 25), shownState), 'raiserror');
}

export function* executeThrow(session: SessionState, frame: Frame, statement: ast.Throw): Steps {
  if (!statement.arguments) {
    const { caught } = session;
    if (!caught)
      throw withOrigin(
        new SqlError(10704, 'To rethrow an error, a THROW statement must be used inside a CATCH block.', 15),
        'compile',
      );
    const again = new SqlError(caught.number, caught.message, caught.severity, caught.state, caught.line);
    again.procedure = caught.procedure;
    throw withOrigin(again, 'throw');
  }
  const number = Number((yield* evaluateAs(session, frame, statement, statement.arguments.number, INT)) ?? 0);
  const message = yield* evaluateAs(session, frame, statement, statement.arguments.message, NVARCHAR_MAX);
  const state = Number((yield* evaluateAs(session, frame, statement, statement.arguments.state, INT)) ?? 0);
  if (number < MIN_THROW || number > MAX_THROW) {
    throw new SqlError(
      35100,
      `Error number ${number} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
      16,
      10,
    );
  }
  throw withOrigin(
    new SqlError(number, String(message ?? '').slice(0, 2048), 16, Math.min(Math.max(state, 0), 255)),
    'throw',
  );
}

const DELAY = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,3}))?)?$/;

/** Waits as a lock wait does, so that the other sessions go on. */
export function* executeWaitFor(session: SessionState, frame: Frame, statement: ast.WaitForDelay): Steps {
  if (statement.mode === 'time') throw notSupported('WAITFOR TIME', statement.line);
  const text = (yield* evaluateText(session, frame, statement, statement.time)) ?? '';
  const match = DELAY.exec(text.trim());
  if (!match || Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3] ?? 0) > 59) {
    throw new SqlError(148, `Incorrect time syntax in time string '${text}' used with WAITFOR.`, 15);
  }
  const seconds = (Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3] ?? 0);
  const until = performance.now() + seconds * 1000 + Number((match[4] ?? '').padEnd(3, '0') || 0);
  yield { ready: () => performance.now() >= until };
}

export function* executeKill(session: SessionState, frame: Frame, statement: ast.Kill): Steps {
  yield* evaluateAs(session, frame, statement, statement.session, INT);
  throw notSupported('KILL', statement.line);
}
