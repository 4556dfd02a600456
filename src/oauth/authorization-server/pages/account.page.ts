import { html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

export interface ConnectedClient {
  readonly grantId: string;
  readonly name: string;
  readonly write: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  readonly lastUse: number | undefined;
}

export interface AccountView {
  readonly language: Language;
  readonly base: string;
  readonly csrf: string;
  readonly person: string;
  readonly tenant: string;
  readonly database: string;
  readonly clients: readonly ConnectedClient[];
  readonly notice?: 'revoked' | undefined;
}

export function accountPage(view: AccountView): Page {
  const t = TEXTS[view.language];
  const date = (at: number) => {
    const iso = new Date(at).toISOString();
    return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
  };
  return {
    language: view.language,
    title: t.accountTitle,
    body: html`
      <dl>
        <dt>${t.person}</dt>
        <dd>${view.person}</dd>
        <dt>${t.tenant}</dt>
        <dd>${view.tenant}</dd>
        <dt>${t.database}</dt>
        <dd>${view.database}</dd>
      </dl>
      ${view.notice && html`<p class="note" role="status">${t[view.notice]}</p>`}
      <p>${view.clients.length === 0 ? t.none : t.accountLead}</p>
      ${view.clients.map(
        client =>
          html`<section class="item" aria-label="${client.name}">
            <h2>${client.name}</h2>
            <dl>
              <dt>${t.accessLegend}</dt>
              <dd>${client.write ? t.write : t.read}</dd>
              <dt>${t.since}</dt>
              <dd>${date(client.since)}</dd>
              <dt>${t.lastUse}</dt>
              <dd>${client.lastUse === undefined ? t.notYet : date(client.lastUse)}</dd>
              <dt>${t.until}</dt>
              <dd>${date(client.until)}</dd>
            </dl>
            <form method="post" action="${view.base}/revoke">
              <input type="hidden" name="csrf" value="${view.csrf}" />
              <input type="hidden" name="grant" value="${client.grantId}" />
              <button type="submit" aria-label="${t.revoke}: ${client.name}">${t.revoke}</button>
            </form>
          </section>`,
      )}
      <form method="post" action="${view.base}/sign-out" class="actions">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        <button type="submit">${t.signOut}</button>
      </form>
    `,
  };
}
