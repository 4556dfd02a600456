import { StartupError } from '../common/startup-error.js';

/** Everything that is wrong with the configuration. */
export class ConfigError extends StartupError {
  constructor(faults: readonly string[]) {
    super(faults);
    this.name = 'ConfigError';
  }
}

/** Collects the faults of several sources. A variable that is read in two places has one fault. */
export class Faults {
  constructor(
    private readonly place = '',
    private readonly found = new Set<string>(),
  ) {}

  get all(): readonly string[] {
    return [...this.found];
  }

  /** The same collection, with a place in front of each further fault: `TENANTS_FILE: tenant "sales": …`. */
  in(place: string): Faults {
    return new Faults(`${this.place}${place}: `, this.found);
  }

  /** Each fault is a full sentence. */
  add(...faults: readonly string[]): void {
    for (const fault of faults) this.found.add(this.place + fault);
  }

  throwIfAny(): void {
    if (this.found.size > 0) throw new ConfigError(this.all);
  }
}
