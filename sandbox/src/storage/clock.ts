/** 0001-01-01 to 1970-01-01 in milliseconds. */
const EPOCH_OFFSET = 62_135_596_800_000;

/** The time now, UTC, in 100 ns units since 0001-01-01, as datetime2(7) has it. */
export function nowTicks(): bigint {
  const milliseconds = performance.timeOrigin + performance.now();
  const whole = Math.floor(milliseconds);
  return BigInt(whole + EPOCH_OFFSET) * 10_000n + BigInt(Math.floor((milliseconds - whole) * 10_000));
}
