import type { ValidationError } from 'class-validator';

/** Everything wrong with the configuration, said at once. Never quotes values: they may be secrets. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map(f => `  - ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

export const UNKNOWN_SETTING = 'is no setting: config/tenants.example.yaml shows all of them';

export class Faults {
  private readonly found: string[] = [];

  /** Once: a variable that is read in two places is still one fault. */
  add(where: string, what: string): void {
    const fault = `${where} ${what}`;
    if (!this.found.includes(fault)) this.found.push(fault);
  }

  /** class-validator's tree, flattened; `nameOf` turns a property path into the name the reader wrote. */
  addValidation(
    errors: readonly ValidationError[],
    nameOf: (path: readonly string[]) => string,
    path: readonly string[] = [],
  ): void {
    for (const error of errors) {
      const here = [...path, error.property];
      for (const [constraint, message] of Object.entries(error.constraints ?? {})) {
        const own = message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message;
        this.add(nameOf(here), constraint === 'whitelistValidation' ? UNKNOWN_SETTING : own);
      }
      this.addValidation(error.children ?? [], nameOf, here);
    }
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw new ConfigError(this.found);
  }
}
