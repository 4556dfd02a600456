import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { snakeCase } from '../validation/check-settings.js';

/** Makes plain settings of parsed YAML: `${NAME}` is replaced, and keys in snake_case become property names. */
export class YamlSettings {
  constructor(
    private readonly env: Environment,
    private readonly faults: Faults,
  ) {}

  /** `parents` are the values that contain this one. */
  read(value: unknown, name: string, parents: readonly unknown[] = [], ownKeys = false): unknown {
    // `access:` with its rules commented out must not mean "no rules".
    if (value === null) return this.reject(`${name} is empty. Give it a value, or remove it.`);
    if (typeof value === 'string') return this.substitute(value, name);
    if (typeof value !== 'object') return value;
    if (parents.includes(value))
      return this.reject(`${name} is an alias of a value that contains it. Remove the alias.`);
    const within = [...parents, value];
    if (Array.isArray(value))
      return value
        .map((item, index) => this.read(item, `${name}[${index}]`, within))
        .filter(item => item !== undefined);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const inner = name === '' ? key : `${name}.${key}`;
        // The keys of `attributes` are the administrator's own.
        if (!ownKeys && !this.isKey(key, inner)) return [];
        const read = this.read(item, inner, within, key === 'attributes');
        return read === undefined ? [] : [[ownKeys ? key : camelCase(key), read]];
      }),
    );
  }

  private isKey(key: string, name: string): boolean {
    if (!/[A-Z]/.test(key) && !(key in Object.prototype)) return true;
    this.faults.add(
      `unknown setting "${name.slice(0, 200)}". Keys are in lower case: "${snakeCase(key).slice(0, 100)}".`,
    );
    return false;
  }

  private reject(fault: string): undefined {
    this.faults.add(fault);
  }

  private substitute(text: string, name: string): string {
    return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_all, variable: string) => {
      const found = this.env.text(variable);
      if (found === undefined && !this.env.hasFailed(variable))
        this.faults.add(`${name} uses \${${variable}}, which the environment does not set.`);
      // A text, so that no second fault says that the setting is empty.
      return found ?? '-';
    });
  }
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
