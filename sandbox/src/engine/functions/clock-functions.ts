import type { BoundExpression } from '../contracts.ts';
import { splitTicks, valueFromDayTime } from '../dates.ts';
import type { SqlType } from '../sql-type.ts';
import { DATETIME, DATETIME2, DATETIMEOFFSET, nvarchar } from '../types.ts';
import { define, dynamic, type Call, type FunctionDefinition, type FunctionTable } from './definition.ts';

/** The server's time zone is UTC, so local time and UTC are equal. */
const clock = (type: SqlType): FunctionDefinition =>
  define(0, 0, (call: Call): BoundExpression =>
    dynamic(type, [], () => {
      const { days, time } = splitTicks(call.context.statementTime());
      return valueFromDayTime(type, days, time) ?? null;
    }),
  );

export const CLOCK_FUNCTIONS: FunctionTable = {
  GETDATE: clock(DATETIME),
  GETUTCDATE: clock(DATETIME),
  CURRENT_TIMESTAMP: clock(DATETIME),
  SYSDATETIME: clock(DATETIME2),
  SYSUTCDATETIME: clock(DATETIME2),
  SYSDATETIMEOFFSET: clock(DATETIMEOFFSET),
  CURRENT_TIMEZONE: define(0, 0, () => dynamic(nvarchar(128), [], () => '(UTC) Coordinated Universal Time')),
  CURRENT_TIMEZONE_ID: define(0, 0, () => dynamic(nvarchar(128), [], () => 'UTC')),
};
