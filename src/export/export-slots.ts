import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { Tenant } from '../tenancy/tenant.js';

/** The share of a tenant's connections that exports may hold at once: an export lasts as long as a person downloads. */
const SHARE = 4;
const MAX_OF_A_PERSON = 2;

/** Limits how many exports run at once in this process, of a tenant and of a person. */
@Injectable()
export class ExportSlots {
  private readonly running = new Map<string, string[]>();

  /** Returns the function that gives the slot back. Throws AppError TOO_MANY_REQUESTS. */
  take(tenant: Tenant, subject: string): () => void {
    const running = this.running.get(tenant.name) ?? [];
    const most = Math.max(1, Math.floor(tenant.config.limits.poolMax / SHARE));
    if (running.length >= most) throw busy(`${most} exports are running here`);
    if (running.filter(other => other === subject).length >= MAX_OF_A_PERSON) {
      throw busy(`${MAX_OF_A_PERSON} of your exports are running`);
    }
    this.running.set(tenant.name, [...running, subject]);
    let taken = true;
    return () => {
      if (taken) this.giveBack(tenant, subject);
      taken = false;
    };
  }

  private giveBack(tenant: Tenant, subject: string): void {
    const running = this.running.get(tenant.name) ?? [];
    const index = running.indexOf(subject);
    const rest = running.filter((_subject, i) => i !== index);
    if (rest.length === 0) this.running.delete(tenant.name);
    else this.running.set(tenant.name, rest);
  }
}

function busy(what: string): AppError {
  return new AppError('TOO_MANY_REQUESTS', `${what} at this moment, and no more are allowed.`, {
    hint: 'Wait until one of them has ended, and try again.',
  });
}
