/** What a probe found out, or that it got no answer and may be repeated after a while. */
export type ProbeResult<T> = { readonly value: T } | { readonly retryAfterMs: number };

interface Entry<T> {
  /** Absent when the latest probe got no answer. */
  readonly value: T | undefined;
  /** The latest answer, however old. */
  readonly lastValue: T | undefined;
  readonly validUntil: number;
}

const VALID_MS = 10 * 60_000;

/**
 * The answers of one kind of probe, by tenant. An answer is valid for `validMs`, also when the machine's clock is set back:
 * `now` is a time that only goes forward. One probe runs at a time for each
 * tenant, and every caller in the meantime waits for it.
 */
export class ProbeCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly running = new Map<string, Promise<T | undefined>>();

  constructor(
    private readonly validMs = VALID_MS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The latest answer, even when it is no longer valid; undefined while there has been none. */
  lastValue(tenant: string): T | undefined {
    return this.entries.get(tenant)?.lastValue;
  }

  /** What the latest probe found out; undefined if it got no answer. */
  latest(tenant: string): T | undefined {
    return this.entries.get(tenant)?.value;
  }

  /** Undefined when the probe got no answer. Throws what the caller's own probe throws; such a probe is not remembered. */
  async get(tenant: string, probe: () => Promise<ProbeResult<T>>): Promise<T | undefined> {
    const entry = this.entries.get(tenant);
    if (entry !== undefined && this.now() < entry.validUntil) return entry.value;
    const running = this.running.get(tenant);
    // The other caller's connection may have been lost: this caller has its own.
    if (running !== undefined) return running.catch(() => this.get(tenant, probe));
    const started = this.run(tenant, probe).finally(() => this.running.delete(tenant));
    this.running.set(tenant, started);
    return started;
  }

  private async run(tenant: string, probe: () => Promise<ProbeResult<T>>): Promise<T | undefined> {
    const result = await probe();
    const value = 'value' in result ? result.value : undefined;
    this.entries.set(tenant, {
      value,
      lastValue: value ?? this.lastValue(tenant),
      validUntil: this.now() + ('value' in result ? this.validMs : result.retryAfterMs),
    });
    return value;
  }
}
