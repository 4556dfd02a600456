import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { IsString, validateSync } from 'class-validator';
import type { Request, Response } from 'express';
import { AppError } from '../../../common/app-error.js';
import { httpConfig } from '../../../config/namespaces/http.config.js';
import { readForm } from '../../../http/read-body.js';
import { SealedTokens } from '../../../state/sealed-tokens.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { accountCookieName, readCookie } from '../provider/cookies.js';
import { rejectOtherSites } from './same-site.js';

/** How long a sign-in form may stay open in a browser. */
const BEFORE_SIGN_IN_S = 12 * 3_600;
const BROWSER_ID = /^[\w-]{32}$/;

/** The fields of a form of one of our pages. Each has a default, because a browser may leave a field out. */
export abstract class Form {
  /** The token of `Forms.issueToken`. */
  @IsString() csrf = '';
}

/** What the token in a form is bound to: the page, and the sign-in or the session that the page was made for. */
export interface FormBinding {
  readonly purpose: string;
  readonly ids: readonly string[];
  /** The longest life of what the form is bound to, in seconds. */
  readonly ttlSeconds: number;
}

/** Protects the forms of our pages against cross-site request forgery, and validates their fields. */
@Injectable()
export class Forms {
  constructor(
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
    private readonly tokens: SealedTokens,
  ) {}

  issueToken({ purpose, ids, ttlSeconds }: FormBinding): string {
    return this.tokens.issue(purpose, '', ids, ttlSeconds);
  }

  /** A text for the next page's address that only this server can have written. It is signed and not encrypted. */
  issueNotice({ purpose, ids, ttlSeconds }: FormBinding, text: string): string {
    return this.tokens.issue(purpose, text, ids, ttlSeconds);
  }

  readNotice({ purpose, ids }: FormBinding, token: string): string | undefined {
    return this.tokens.verify(purpose, token, ids);
  }

  /** Throws FORBIDDEN when another site's page sent the form. */
  rejectOtherSites(req: Request): void {
    rejectOtherSites(req, this.http.publicUrl);
  }

  /** Throws FORBIDDEN for a form without a valid token, BAD_REQUEST for a field that is not valid. */
  async read<T extends Form>(req: Request, type: new () => T, binding: FormBinding): Promise<T> {
    const form = fieldsOf(await readForm(req), type);
    if (this.tokens.verify(binding.purpose, form.csrf, binding.ids) === undefined) {
      throw new AppError('FORBIDDEN', 'This form was not made by this server.');
    }
    return validated(form);
  }

  /** The binding of a form on a page before sign-in: a cookie of its own, set here unless the browser has it. */
  bindToBrowser(req: Request, res: Response, tenant: Tenant): FormBinding {
    const secure = this.http.publicUrl.startsWith('https:');
    const name = accountCookieName(tenant, secure);
    const known = readCookie(req, name);
    const id = known !== undefined && BROWSER_ID.test(known) ? known : randomBytes(24).toString('base64url');
    const maxAge = BEFORE_SIGN_IN_S * 1_000;
    res.cookie(name, id, { path: '/', secure, httpOnly: true, sameSite: 'lax', maxAge });
    return { purpose: 'account sign-in form', ids: [tenant.name, id], ttlSeconds: BEFORE_SIGN_IN_S };
  }
}

function fieldsOf<T extends Form>(sent: URLSearchParams, type: new () => T): T {
  const form = new type();
  // Only fields that the class declares; of a field that was sent twice, the first.
  const fields = Object.keys(form).flatMap(name => (sent.has(name) ? [[name, sent.get(name)]] : []));
  return Object.assign(form, Object.fromEntries(fields));
}

function validated<T extends Form>(form: T): T {
  const [error] = validateSync(form, { stopAtFirstError: true });
  const [message] = Object.values(error?.constraints ?? {});
  if (message !== undefined) throw new AppError('BAD_REQUEST', message);
  return form;
}
