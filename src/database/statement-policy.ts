import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { CallContext } from './call-context.js';

@Injectable()
export class StatementPolicy {
  assertRead(statement: string, _call: CallContext): void {
    if (!/^[\s;(]*(SELECT|WITH)\b/i.test(statement)) {
      throw new AppError('READ_ONLY_VIOLATION', 'Only SELECT may run here.', { details: { rule: 'first-word' } });
    }
  }

  isRead(statement: string, call: CallContext): boolean {
    try {
      this.assertRead(statement, call);
      return true;
    } catch {
      return false;
    }
  }

  assertWrite(_statement: string, _call: CallContext): void {}
}
