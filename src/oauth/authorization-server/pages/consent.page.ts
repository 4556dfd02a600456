import type { DataScope } from '../../../common/principal.js';
import { SHARED_HOSTS } from '../clients/known-applications.js';
import { isLoopbackUri } from '../clients/redirect-policy.js';
import { html } from './html.js';
import { type Page, formTargetOf, targetOf } from './page.js';
import { type Language, TEXTS } from './texts.js';

export interface ConsentView {
  readonly language: Language;
  readonly action: string;
  readonly csrf: string;
  readonly client: {
    readonly name: string;
    readonly id: string;
    readonly redirectUri: string;
    /** Whether nobody but the application itself says that it has this name. */
    readonly choseName: boolean;
  };
  readonly tenant: string;
  readonly database: string;
  readonly person: string;
  /** The highest scope that can be granted: the one that was requested, limited by the person's access. */
  readonly offered: DataScope;
  /** Whether the page asks about sql:export too. */
  readonly offersExport: boolean;
}

/** Where the client's metadata document is: its host vouches for the name. */
function documentHostOf(clientId: string): string {
  const url = clientId.startsWith('https:') ? URL.parse(clientId) : null;
  return url === null ? '' : ` (${url.host})`;
}

/** On a host that many organisations share, only the path tells whose the address is. */
function consentTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return SHARED_HOSTS.has(url.host) ? url.host + url.pathname + url.search : targetOf(redirectUri);
}

export function consentPage(view: ConsentView): Page {
  const t = TEXTS[view.language];
  return {
    language: view.language,
    title: t.consentTitle,
    formTarget: formTargetOf(view.client.redirectUri),
    body: html`
      <p>${t.consentLead(view.client.name)}</p>
      <dl>
        <dt>${t.application}</dt>
        <dd>${view.client.name}${documentHostOf(view.client.id)}</dd>
        <dt>${t.tenant}</dt>
        <dd>${view.tenant}</dd>
        <dt>${t.database}</dt>
        <dd>${view.database}</dd>
        <dt>${t.person}</dt>
        <dd>${view.person}</dd>
      </dl>
      <p>
        ${view.client.choseName ? t.unverified : t.sentTo}
        <strong>${consentTargetOf(view.client.redirectUri)}</strong>
      </p>
      ${isLoopbackUri(view.client.redirectUri) && html`<p class="note">${t.loopbackWarning}</p>`}
      <form method="post" action="${view.action}">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        <fieldset>
          <legend>${t.accessLegend}</legend>
          <div class="choice">
            <input type="radio" id="read" name="scope" value="sql:read" checked />
            <label for="read">${t.read}</label><span>${t.readText}</span>
          </div>
          ${
            view.offered === 'sql:write' &&
            html`<div class="choice">
              <input type="radio" id="write" name="scope" value="sql:write" />
              <label for="write">${t.write}</label><span>${t.writeText}</span>
            </div>`
          }
          ${
            view.offersExport &&
            html`<div class="choice">
              <input type="checkbox" id="exports" name="exports" value="yes" />
              <label for="exports">${t.exports}</label><span>${t.exportsText}</span>
            </div>`
          }
        </fieldset>
        <p class="soft">${t.lasts}</p>
        <div class="actions">
          <button class="primary" type="submit" name="decision" value="approve">${t.approve}</button>
          <button type="submit" name="decision" value="deny">${t.deny}</button>
          <button class="link" type="submit" name="decision" value="switch">${t.otherPerson}</button>
        </div>
      </form>
    `,
  };
}
