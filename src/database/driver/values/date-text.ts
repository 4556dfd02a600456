// Days count from 0001-01-01 (MS-TDS 2.2.5.5.1.8) unless a name says otherwise; ticks are 100 ns.

const DAYS_TO_1970 = 719_162;
export const DAYS_TO_1900 = 693_595;

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

let lastDays = NaN;
let lastText = '';

/** `2024-02-29`. Neighbouring rows often share their day, so the last one is kept. */
export function dateText(days: number): string {
  if (days !== lastDays) {
    lastText = civilDate(days);
    lastDays = days;
  }
  return lastText;
}

/** Days to year, month, day in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible date algorithms"). */
function civilDate(days: number): string {
  const z = days - DAYS_TO_1970 + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `13:05:00`, from seconds since midnight. */
export function secondsText(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Time of day with exactly `scale` digits; `value` counts units of 10^-scale seconds. */
export function timeText(value: number, scale: number): string {
  const unit = 10 ** scale;
  const seconds = Math.floor(value / unit);
  return scale === 0
    ? secondsText(seconds)
    : `${secondsText(seconds)}.${String(value - seconds * unit).padStart(scale, '0')}`;
}

/** `datetime`: 1/300 s since midnight, shown in whole milliseconds as SQL Server does (.000, .003, .007). */
export function datetimeText(daysSince1900: number, threeHundredths: number): string {
  const ms = Math.round((threeHundredths * 10) / 3);
  return `${dateText(daysSince1900 + DAYS_TO_1900)}T${timeText(ms, 3)}`;
}

/** `+02:00`. */
function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The wire holds UTC; the text shows the local time of the offset. */
export function datetimeoffsetText(utcDays: number, utcValue: number, scale: number, offsetMinutes: number): string {
  const day = 86_400 * 10 ** scale;
  let value = utcValue + offsetMinutes * 60 * 10 ** scale;
  let days = utcDays;
  if (value < 0) {
    value += day;
    days -= 1;
  } else if (value >= day) {
    value -= day;
    days += 1;
  }
  return `${dateText(days)}T${timeText(value, scale)}${offsetText(offsetMinutes)}`;
}
