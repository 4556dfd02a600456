import { type Tokens, tokenize } from './lexer/tsql-lexer.js';
import type { PolicyRules } from './policy-rules.js';
import { Refusal } from './refusal.js';

interface Checker {
  run(): void;
}
export type CheckerClass = new (text: string, tokens: Tokens, rules: PolicyRules) => Checker;

/** The reason to refuse a text, if the checker has one. */
export function judge(text: string, tokens: Tokens, rules: PolicyRules, checker: CheckerClass): Refusal | undefined {
  const first = judgeTokens(text, tokens, rules, checker);
  if (first !== undefined || !tokens.loneReturn) return first;
  // Servers may disagree whether a lone carriage return ends a comment, so both readings must pass.
  return judgeTokens(text, tokenize(text, true), rules, checker);
}

function judgeTokens(text: string, tokens: Tokens, rules: PolicyRules, checker: CheckerClass): Refusal | undefined {
  const { fault } = tokens;
  if (fault !== undefined) return new Refusal(fault.rule, fault.offset, fault.text);
  try {
    new checker(text, tokens, rules).run();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
