// With `node --import ./test/support/clock.mjs` and CLOCK=2026-11-30T17:00:00Z the clock of a process starts at that time
// and runs on from there.
const offset = Date.parse(process.env.CLOCK) - Date.now();
const RealDate = Date;
const now = () => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
});
