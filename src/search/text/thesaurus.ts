import { THESAURUS_TEXT } from './thesaurus.data.js';
import { stem, wordsOf } from './words.js';

/** Another way to say a word or a phrase: all of these words together. */
export type Alternative = readonly string[];

/** Words of business in English, German and Spanish, by stem; a phrase has at most three words. */
export class Thesaurus {
  private readonly groups: readonly (readonly Alternative[])[];
  private readonly byPhrase = new Map<string, number[]>();

  constructor(text: string) {
    this.groups = text
      .split('\n')
      .map(line => line.split(',').map(wordsOf))
      .map(group => group.filter(words => words.length > 0))
      .filter(group => group.length > 1);
    this.groups.forEach((group, number) => {
      for (const words of group) {
        const key = keyOf(words);
        const numbers = this.byPhrase.get(key);
        if (numbers === undefined) this.byPhrase.set(key, [number]);
        else if (!numbers.includes(number)) numbers.push(number);
      }
    });
  }

  /** The other ways to say these words; empty for unknown ones. */
  alternatives(words: readonly string[]): readonly Alternative[] {
    const key = keyOf(words);
    const others = (this.byPhrase.get(key) ?? []).flatMap(number => this.groups[number] ?? []);
    return others.filter(other => keyOf(other) !== key);
  }

  knows(words: readonly string[]): boolean {
    return this.byPhrase.has(keyOf(words));
  }
}

function keyOf(words: readonly string[]): string {
  return words.map(stem).join(' ');
}

export const THESAURUS = new Thesaurus(THESAURUS_TEXT);
