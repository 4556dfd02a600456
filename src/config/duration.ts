const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATION = /^(\d{1,9})([smhd])$/;

/** The seconds of a duration such as `45s`, `10m`, `12h` or `90d`, or of `0`; undefined for any other text. */
export function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  const [, number = '', unit = ''] = DURATION.exec(text) ?? [];
  const factor = SECONDS[unit];
  return factor === undefined ? undefined : Number(number) * factor;
}

/** The shortest text of a duration: `10m` rather than `600s`. */
export function durationText(seconds: number): string {
  const unit = ['d', 'h', 'm'].find(name => seconds > 0 && seconds % (SECONDS[name] ?? 1) === 0) ?? 's';
  return `${seconds / (SECONDS[unit] ?? 1)}${unit}`;
}
