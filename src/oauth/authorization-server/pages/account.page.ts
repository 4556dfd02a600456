import { type Markup, html } from './html.js';
import type { Page } from './page.js';
import { type Language, type Texts, TEXTS } from './texts.js';

export interface ConnectedClient {
  readonly grantId: string;
  readonly name: string;
  /** The host, or the application's scheme, that answers go to; undefined when the client is no longer registered. */
  readonly target: string | undefined;
  /** Who issued the token, when it is one that an administrator issued. */
  readonly issuedBy: string | undefined;
  readonly write: boolean;
  readonly exports: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  readonly lastUse: number | undefined;
}

/** A link to a file that nobody has fetched. */
export interface WaitingFile {
  readonly id: string;
  readonly fileName: string;
  readonly format: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface AccountView {
  readonly language: Language;
  readonly base: string;
  readonly csrf: string;
  readonly person: string;
  readonly tenant: string;
  readonly database: string;
  /** Those of this page of the list. */
  readonly clients: readonly ConnectedClient[];
  readonly page: number;
  readonly pages: number;
  /** Where the pages of the files are. */
  readonly downloads: string;
  readonly files: readonly WaitingFile[];
  /** The name of the file whose link was revoked a moment ago. */
  readonly revokedFile?: string | undefined;
  /** The name of the application that was revoked a moment ago; empty: all were. */
  readonly revoked?: string | undefined;
}

export function accountPage(view: AccountView): Page {
  const t = TEXTS[view.language];
  return {
    language: view.language,
    title: t.accountTitle,
    script: true,
    wide: true,
    body: html`
      ${
        view.revoked !== undefined &&
        html`<p class="done" role="status">${view.revoked === '' ? t.revokedAll : t.revoked(view.revoked)}</p>`
      }
      ${view.revokedFile !== undefined && html`<p class="done" role="status">${t.fileRevoked(view.revokedFile)}</p>`}
      <dl>
        <dt>${t.person}</dt>
        <dd>${view.person}</dd>
        <dt>${t.tenant}</dt>
        <dd>${view.tenant}</dd>
        <dt>${t.database}</dt>
        <dd>${view.database}</dd>
      </dl>
      <p>${view.clients.length === 0 ? t.none : t.accountLead}</p>
      ${view.clients.map(client => entry(client, view, t))} ${view.pages > 1 && pageLinks(view, t)}
      ${(view.clients.length > 1 || view.pages > 1) && revokeAll(view, t)}
      ${view.files.length > 0 && waitingFiles(view, t)}
      <form method="post" action="${view.base}/sign-out" class="actions">
        <input type="hidden" name="csrf" value="${view.csrf}" />
        <button type="submit">${t.signOut}</button>
      </form>
    `,
  };
}

function entry(client: ConnectedClient, view: AccountView, t: Texts): Markup {
  return html`<section class="item">
    <h2>${client.name}</h2>
    <dl>
      ${
        client.target !== undefined &&
        html`<dt>${t.redirectHosts}</dt>
          <dd>${client.target}</dd>`
      }
      <dt>${t.accessLegend}</dt>
      <dd>${client.write ? t.write : t.read}${client.exports && ` · ${t.exports}`}</dd>
      ${
        client.issuedBy !== undefined &&
        html`<dt>${t.issuedBy}</dt>
          <dd>${client.issuedBy}</dd>`
      }
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
      <button class="small" type="submit" aria-label="${t.revoke}: ${client.name}">${t.revoke}</button>
    </form>
  </section>`;
}

function waitingFiles(view: AccountView, t: Texts): Markup {
  return html`<section class="item">
      <h2>${t.filesTitle}</h2>
      <p>${t.filesLead}</p>
    </section>
    ${view.files.map(file => waitingFile(file, view, t))}`;
}

function waitingFile(file: WaitingFile, view: AccountView, t: Texts): Markup {
  return html`<section class="item">
    <h2>${file.fileName}</h2>
    <dl>
      <dt>${t.fileFormat}</dt>
      <dd>${file.format}</dd>
      <dt>${t.until}</dt>
      <dd>${date(file.expiresAt)}</dd>
    </dl>
    <form method="post" action="${view.base}/revoke-file">
      <input type="hidden" name="csrf" value="${view.csrf}" />
      <input type="hidden" name="link" value="${file.id}" />
      <a class="button small" href="${view.downloads}/${file.id}" aria-label="${t.openFile}: ${file.fileName}"
        >${t.openFile}</a
      >
      <button class="small" type="submit" aria-label="${t.revoke}: ${file.fileName}">${t.revoke}</button>
    </form>
  </section>`;
}

/** In UTC; the script shows it in the browser's zone. */
function date(at: number): Markup {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function pageLinks({ base, page, pages }: AccountView, t: Texts): Markup {
  return html`<nav class="pages" aria-label="${t.pageOf(page, pages)}">
    ${page > 1 ? html`<a rel="prev" href="${base}?page=${page - 1}">${t.newer}</a>` : html`<span></span>`}
    <span>${t.pageOf(page, pages)}</span>
    ${page < pages ? html`<a rel="next" href="${base}?page=${page + 1}">${t.older}</a>` : html`<span></span>`}
  </nav>`;
}

/** Two steps, because it can't be undone. */
function revokeAll(view: AccountView, t: Texts): Markup {
  return html`<details class="item">
    <summary>${t.revokeAll} …</summary>
    <p>${t.revokeAllText}</p>
    <form method="post" action="${view.base}/revoke-all">
      <input type="hidden" name="csrf" value="${view.csrf}" />
      <button class="small danger" type="submit">${t.revokeAll}</button>
    </form>
  </details>`;
}
