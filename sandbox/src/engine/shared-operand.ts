import type { BoundExpression, Env } from './contracts.ts';
import type { SqlType, Value } from './sql-type.ts';

/**
 * An operand that several comparisons share. It is bound once and evaluated once for all of them, so that nested
 * BETWEEN or CASE takes linear time. The caller must compare directly after `take`, and read this side first.
 */
export class SharedOperand implements BoundExpression {
  readonly type: SqlType;
  readonly literal: BoundExpression['literal'];
  readonly evaluate = (): Value => this.value;
  private readonly operand: BoundExpression;
  private value: Value = null;

  constructor(operand: BoundExpression) {
    this.operand = operand;
    this.type = operand.type;
    this.literal = operand.literal;
  }

  /** The operand's value now; to be given to `take` before each comparison. */
  hold(env: Env): Value {
    return this.operand.evaluate(env);
  }

  take(value: Value): void {
    this.value = value;
  }
}
