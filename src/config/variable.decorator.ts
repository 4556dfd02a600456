import 'reflect-metadata';
import { secondsOf } from './duration.js';

/** Makes a value of a variable's text. A text that it cannot convert stays a text, which the property's decorators refuse. */
export type Conversion = (text: string) => unknown;

export interface VariableDefinition {
  readonly name: string;
  readonly convert: Conversion;
}

const VARIABLES = Symbol('variables');
const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

/** Names the environment variable that sets the property. */
export function Variable(name: string, convert: Conversion = asText): PropertyDecorator {
  return (target, property) => {
    const inherited = (Reflect.getMetadata(VARIABLES, target) ?? {}) as Record<string, VariableDefinition>;
    Reflect.defineMetadata(VARIABLES, { ...inherited, [String(property)]: { name, convert } }, target);
  };
}

/** The variables of a class by property. */
export function variablesOf(type: { readonly prototype: object }): Readonly<Record<string, VariableDefinition>> {
  return (Reflect.getMetadata(VARIABLES, type.prototype) ?? {}) as Record<string, VariableDefinition>;
}

const asText: Conversion = text => text;

export const asWord: Conversion = text => text.trim().toLowerCase();

export const asNumber: Conversion = text => (/^-?\d{1,12}$/.test(text.trim()) ? Number(text) : text);

export const asFlag: Conversion = text => {
  const word = text.trim().toLowerCase();
  return TRUE.has(word) || (FALSE.has(word) ? false : text);
};

/** Gives seconds. */
export const asDuration: Conversion = text => secondsOf(text.trim()) ?? text;

/** As `asDuration`; `off` is 0. */
export const asDurationOrOff: Conversion = text => (asWord(text) === 'off' ? 0 : asDuration(text));

/** Items are separated by commas. */
export const asList: Conversion = text =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
