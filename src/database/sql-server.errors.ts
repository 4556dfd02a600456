import { AppError, type ErrorCode } from '../common/app-error.js';

/** What tedious's RequestError and ConnectionError carry. */
interface DriverError {
  readonly code?: string;
  readonly number?: number;
  readonly class?: number;
  readonly lineNumber?: number;
  readonly message: string;
}

/** Numbers whose texts hold names and positions only, never values of rows: they are shown as they are. */
const SHOWN = new Set([
  102, 103, 104, 105, 107, 109, 110, 111, 113, 116, 119, 121, 126, 127, 128, 130, 131, 132, 133, 134, 135, 137, 139,
  141, 142, 144, 145, 147, 148, 151, 153, 155, 156, 157, 158, 159, 160, 164, 169, 170, 173, 174, 178, 180, 182, 183,
  185, 186, 187, 189, 191, 192, 193, 195, 196, 201, 203, 205, 206, 207, 208, 209, 210, 213, 214, 215, 216, 217, 219,
  229, 230, 235, 243, 247, 252, 253, 260, 262, 263, 264, 266, 267, 268, 271, 273, 278, 280, 289, 291, 300, 302, 306,
  307, 308, 310, 313, 315, 319, 321, 324, 325, 329, 330, 336, 343, 345, 346, 349, 350, 352, 364, 402, 403, 404, 411,
  412, 420, 421, 422, 423, 443, 446, 447, 448, 451, 456, 457, 462, 467, 468, 487, 488, 491, 492, 493, 495, 512, 515,
  517, 518, 529, 530, 535, 536, 537, 538, 539, 540, 544, 545, 547, 574, 596, 601, 605, 610, 650, 701, 802, 824, 911,
  916, 941, 942, 952, 954, 976, 978, 1001, 1007, 1008, 1011, 1012, 1013, 1014, 1015, 1016, 1018, 1023, 1031, 1032, 1033,
  1035, 1038, 1040, 1041, 1047, 1049, 1054, 1060, 1062, 1065, 1067, 1069, 1070, 1087, 1088, 1101, 1105, 1204, 1205,
  1222, 1750, 1767, 1769, 1770, 1776, 1778, 1781, 1801, 1902, 1904, 1905, 1911, 1913, 1919, 1934, 2020, 2207, 2209,
  2225, 2705, 2714, 2715, 2717, 2722, 2724, 2727, 2750, 2812, 3609, 3701, 3702, 3726, 3728, 3729, 3732, 3733, 3902,
  3903, 3906, 3910, 3916, 3924, 3930, 3931, 3932, 3933, 3960, 3961, 3971, 3989, 3998, 4060, 4104, 4105, 4106, 4107,
  4108, 4109, 4112, 4113, 4114, 4115, 4116, 4121, 4145, 4147, 4404, 4405, 4406, 4408, 4413, 4416, 4418, 4420, 4421,
  4426, 4429, 4433, 4434, 4502, 4506, 4511, 4701, 4705, 4707, 4708, 4711, 4712, 4902, 4922, 4924, 4928, 5074, 5315,
  5317, 5318, 5319, 5321, 5324, 5325, 5330, 5332, 5333, 5334, 5335, 6819, 6825, 6829, 6833, 6852, 6864, 7202, 7344,
  7411, 8101, 8102, 8106, 8107, 8111, 8114, 8115, 8116, 8117, 8118, 8119, 8120, 8121, 8123, 8124, 8127, 8133, 8134,
  8136, 8139, 8144, 8145, 8146, 8148, 8155, 8156, 8157, 8158, 8159, 8161, 8162, 8163, 8165, 8178, 8179, 8180, 8184,
  8185, 8187, 8189, 8199, 8277, 8309, 8310, 8332, 8333, 8336, 8478, 8601, 8621, 8623, 8624, 8630, 8631, 8632, 8645,
  8649, 8650, 8651, 8661, 8662, 8711, 8728, 8729, 8731, 8732, 8733, 8734, 8735, 8993, 8998, 9002, 9402, 9403, 9441,
  9818, 9834, 9835, 10610, 10611, 10612, 10627, 10628, 10632, 10713, 10714, 10715, 10716, 10720, 10741, 10753, 10754,
  10755, 10756, 10759, 10760, 10925, 10928, 10929, 11555, 13577, 13600, 13601, 13603, 13605, 13606, 13608, 13610, 13611,
  13612, 13613, 13614, 13617, 13620, 13621, 15151, 15247, 15562, 15664, 17142, 20018, 40197, 40501, 40544, 40549, 40550,
  40551, 40552, 40553, 40613, 49918, 49919, 49920,
]);

const PERMISSION = new Set([229, 230, 262, 297, 300, 371, 378, 916, 4060, 10011, 15151, 15247, 15562, 18456]);
const UNAVAILABLE = new Set([
  233, 921, 922, 924, 927, 945, 952, 954, 976, 978, 983, 4060, 6005, 10928, 10929, 17142, 18401, 18456, 20018, 40197,
  40501, 40544, 40613, 49918, 49919, 49920,
]);
/** Worth one further try when nothing was delivered yet and nothing was written. */
const TRANSIENT = new Set([
  1205, 921, 922, 952, 954, 976, 978, 983, 3960, 4221, 6005, 10928, 10929, 17142, 20018, 40143, 40166, 40197, 40501,
  40540, 40613, 42108, 42109, 49918, 49919, 49920,
]);
const CONNECTION_CODES = new Set([
  'ESOCKET',
  'ECONNCLOSED',
  'ETIMEOUT',
  'ELOGIN',
  'ENOTOPEN',
  'EINVALIDSTATE',
  'ECONNRESET',
  'ECONNREFUSED',
  'EINSTLOOKUP',
  'ETDS',
  'ENOCONN',
  'EABORT',
]);

/** What the model can do about the commonest errors. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [207, 'Call describe_table for the columns of the table.'],
  [208, 'Call list_tables for the tables there are; write names as schema.table.'],
  [4104, 'Qualify the column with an alias that the FROM clause defines.'],
  [195, 'That function is not in T-SQL. Mind its names: LEN, GETDATE, ISNULL, SUBSTRING, CHARINDEX, STRING_AGG.'],
  [8120, 'Add the column to GROUP BY, or put it into an aggregate function.'],
  [137, 'Give the value in "parameters"; variables of earlier calls are gone.'],
  [1033, 'ORDER BY in a subquery needs TOP or OFFSET; move it to the outer query.'],
  [245, 'Use TRY_CONVERT or TRY_CAST where a value may not convert.'],
  [241, 'Use TRY_CONVERT(date, …, 126), and write dates as yyyy-mm-dd.'],
  [8114, 'Use TRY_CONVERT or TRY_CAST where a value may not convert.'],
  [8115, 'Convert to a wider type first, e.g. CAST(x AS bigint) or decimal(38,4).'],
  [8134, 'Divide by NULLIF(x, 0).'],
  [512, 'The subquery gave several rows: use TOP 1, an aggregate, or IN.'],
  [229, 'The database login is not allowed to do this; an administrator has to grant it.'],
  [1205, 'The statement lost a deadlock; it may be tried again.'],
]);

const TRY_AGAIN = 'This is not a fault of the statement; try again in a few seconds.';

export function isTransient(error: unknown): boolean {
  const first = firstOf(error);
  return (
    first !== undefined && (TRANSIENT.has(first.number ?? 0) || (first.number === undefined && isLostConnection(first)))
  );
}

/** Foreign errors become ours here and nowhere else. */
export function translateSqlError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const first = firstOf(error);
  if (first === undefined) return new AppError('INTERNAL', 'The database layer failed.', { cause: error });
  if (first.number === undefined) return ofConnection(first, error);
  const number = first.number;
  const line = first.lineNumber;
  const code = codeOf(number);
  const shown = SHOWN.has(number) ? first.message : ownWords(number);
  const hint = HINTS.get(number) ?? (code === 'DATABASE_UNAVAILABLE' ? TRY_AGAIN : undefined);
  return new AppError(code, shown, {
    details: { number, ...(line === undefined || line === 0 ? {} : { line }) },
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function codeOf(number: number): ErrorCode {
  if (UNAVAILABLE.has(number)) return 'DATABASE_UNAVAILABLE';
  if (PERMISSION.has(number)) return 'PERMISSION_DENIED';
  return 'SQL_ERROR';
}

/** Instead of a text that may quote rows: a duplicate key, a failed conversion, a cut string. */
function ownWords(number: number): string {
  switch (number) {
    case 241:
      return 'Conversion failed when converting date and/or time from character string.';
    case 242:
      return 'A value is out of range for the date type it is converted to.';
    case 245:
    case 248:
      return 'Conversion failed: a value is not of the type that it is converted to.';
    case 2601:
    case 2627:
      return 'A unique index or key already has a row with this value.';
    case 2628:
    case 8152:
      return 'A text or binary value is too long for its column.';
    case 50000:
      return 'A rule of the database refused this; its text is withheld because it may contain data.';
    case 8169:
      return 'Conversion failed when converting from a character string to uniqueidentifier.';
    default:
      if (UNAVAILABLE.has(number)) return `The database is not available at the moment (error ${number}).`;
      return `SQL Server refused the statement with error ${number}; its text is withheld because it may contain data.`;
  }
}

function ofConnection(first: DriverError, cause: unknown): AppError {
  if (first.code === 'EPARAM' || first.code === 'EARGS') {
    return new AppError('INVALID_ARGUMENT', 'A parameter has a value that its type cannot hold.', { cause });
  }
  if (isLostConnection(first)) {
    return new AppError('DATABASE_UNAVAILABLE', 'The connection to the database was lost or could not be made.', {
      hint: TRY_AGAIN,
      cause,
    });
  }
  return new AppError('INTERNAL', 'The database driver failed.', { cause });
}

function isLostConnection(error: DriverError): boolean {
  return CONNECTION_CODES.has(error.code ?? '') || /acquire a connection|connection is closing/i.test(error.message);
}

/** The first error of several: those after it are consequences (3621, 266 …). */
function firstOf(error: unknown): DriverError | undefined {
  if (error instanceof AggregateError) return firstOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { originalError } = error as { originalError?: unknown };
  const inner = originalError instanceof Error ? firstOf(originalError) : undefined;
  return inner?.number !== undefined ? inner : (error as DriverError);
}
