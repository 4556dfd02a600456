import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import { CatalogRunner } from '../connection/catalog-runner.js';
import { quoteName } from '../object-name.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import { MESSAGE_NUMBERS } from '../sql-server.messages.js';

/** Returns the name of the database, and of the database user of the login. */
const WHO = 'SELECT DB_NAME(), USER_NAME();';

/** Names the missing GRANT when the login may not see plans. */
@Injectable()
export class PlanGrants {
  constructor(private readonly runner: CatalogRunner) {}

  /** Returns the error; an error about the permission SHOWPLAN gets a hint with the exact GRANT. */
  async explain(error: unknown, admitted: AdmittedStatement | undefined, call: CallContext): Promise<unknown> {
    if (!(error instanceof AppError) || error.details?.number !== MESSAGE_NUMBERS.permissionDenied) return error;
    if (!error.message.includes('SHOWPLAN') || admitted === undefined) return error;
    const own = call.tenant.config.database.database;
    const named = admitted.runnable.mentions.all.map(({ database }) => database);
    const others = [...new Set(named)].filter(database => database !== own);
    const grants = await Promise.all([undefined, ...others].map(database => this.grantIn(database, call)));
    const { code, message, details, cause } = error;
    return new AppError(code, message, {
      hint: `An administrator has to let the login of this server see plans: ${grants.join(' ')}`,
      details,
      cause,
    });
  }

  private async grantIn(database: string | undefined, { tenant, signal, principal }: CallContext): Promise<string> {
    const requester = { signal, subject: principal.subject, database };
    const { sets } = await this.runner.read(tenant, WHO, [], requester).catch(() => ({ sets: [] }));
    const [name = database ?? tenant.config.database.database, user] = sets[0]?.[0] ?? [];
    const shown = typeof user === 'string' ? quoteName(user) : '[the user of the login]';
    return `USE ${quoteName(String(name))}; GRANT SHOWPLAN TO ${shown};`;
  }
}
