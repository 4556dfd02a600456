import type { SignInRejection } from '../../identity/sign-in.service.js';
import { html } from './html.js';
import { type Page, formTargetOf, targetOf } from './page.js';
import { type Language, TEXTS } from './texts.js';

const STATUS = { wrong: 401, tooMany: 429, busy: 503 } as const satisfies Readonly<Record<SignInRejection, number>>;

export interface SignInView {
  readonly language: Language;
  readonly action: string;
  readonly csrf: string;
  /** The page to return to, outside of an authorization. */
  readonly next?: string;
  readonly client?: { readonly name: string; readonly redirectUri: string };
  readonly tenant: string;
  readonly database: string;
  /** Only for local users. */
  readonly passwordForm: boolean;
  readonly upstream?: { readonly label: string; readonly href: string } | undefined;
  readonly username?: string;
  readonly problem?: SignInRejection;
}

export function signInPage(view: SignInView): Page {
  const t = TEXTS[view.language];
  const status = view.problem === undefined ? 200 : STATUS[view.problem];
  // After a wrong password the name is there already.
  const nameIsKnown = (view.username ?? '') !== '';
  return {
    language: view.language,
    title: t.signInTitle,
    status,
    script: view.passwordForm,
    formTarget: view.client === undefined ? undefined : formTargetOf(view.client.redirectUri),
    body: html`
      ${view.client && html`<p>${t.signInLead(view.client.name)}</p>`}
      <dl>
        <dt>${t.tenant}</dt>
        <dd>${view.tenant}</dd>
        <dt>${t.database}</dt>
        <dd>${view.database}</dd>
        ${
          view.client &&
          html`<dt>${t.goesTo}</dt>
            <dd>${targetOf(view.client.redirectUri)}</dd>`
        }
      </dl>
      ${view.problem && html`<p class="bad" role="alert" id="problem">${t[view.problem]}</p>`}
      ${
        view.passwordForm &&
        html`<form method="post" action="${view.action}">
          <input type="hidden" name="csrf" value="${view.csrf}" />
          ${view.next !== undefined && html`<input type="hidden" name="next" value="${view.next}" />`}
          <label for="username">${t.username}</label>
          <div class="field">
            <input
              type="text"
              id="username"
              name="username"
              value="${view.username ?? ''}"
              autocomplete="username"
              autocapitalize="none"
              spellcheck="false"
              maxlength="128"
              required
              ${view.problem && html`aria-describedby="problem"`}
              ${!nameIsKnown && html`autofocus`}
            />
          </div>
          <label for="password">${t.password}</label>
          <div class="field">
            <input
              type="password"
              id="password"
              name="password"
              autocomplete="current-password"
              maxlength="1024"
              required
              ${nameIsKnown && html`autofocus`}
              data-show="${t.show}"
              data-hide="${t.hide}"
              data-show-label="${t.showPassword}"
              data-hide-label="${t.hidePassword}"
            />
          </div>
          <div class="actions">
            <button class="primary" type="submit">${t.signIn}</button>
            ${view.client && html`<button type="submit" name="cancel" value="yes" formnovalidate>${t.cancel}</button>`}
          </div>
        </form>`
      }
      ${
        view.upstream &&
        html`<p>${t.upstreamLead(view.upstream.label)}</p>
          <div class="actions">
            <a class="button primary" href="${view.upstream.href}">${t.upstream(view.upstream.label)}</a>
          </div>`
      }
    `,
  };
}
