import type { ServerResponse } from 'node:http';
import { type Markup, html } from './html.js';
import { type Look, lookOf } from './look/look.js';
import type { Language } from './texts.js';

export interface Page {
  readonly language: Language;
  readonly title: string;
  readonly body: Markup;
  readonly status?: number;
  /**
   * Where the answer to a form may redirect to besides this server: an origin, or a scheme with its colon. Chromium
   * applies form-action to the redirects that follow a submission, so the client's callback has to be named.
   */
  readonly formTarget?: string | undefined;
  /** Whether the page has something for the script to do. Without a need the policy allows no script at all. */
  readonly script?: boolean;
  /** Whether the script asks this server for something. */
  readonly connects?: boolean;
  /** For a page that is read rather than filled in. */
  readonly wide?: boolean;
}

/** Headers that forbid frames, caches, and all scripts but our file. */
export function pageHeaders(
  { formTarget, script, connects }: Pick<Page, 'formTarget' | 'script' | 'connects'> = {},
  look: Look = lookOf(),
): Record<string, string> {
  const csp = [
    `default-src 'none'`,
    `style-src ${look.styleHash}`,
    `img-src 'self'`,
    ...(script === true ? [`script-src 'self'`] : []),
    ...(connects === true ? [`connect-src 'self'`] : []),
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': csp.join('; '),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    // With no-referrer browsers would send `Origin: null` with our own forms (Fetch §3.2).
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'X-Robots-Tag': 'noindex',
  };
}

export function pageText(page: Page, look: Look = lookOf()): string {
  return html`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} – ${look.name}</title>
        <link rel="icon" href="${look.icon}" />
        ${look.style} ${page.script === true && html`<script src="${look.script}" defer></script>`}
      </head>
      <body>
        <div class="card ${page.wide === true && 'wide'}">
          <header class="brand"><img src="${look.logo ?? look.icon}" alt="" />${look.name}</header>
          <main>
            <h1>${page.title}</h1>
            ${page.body}
          </main>
        </div>
      </body>
    </html> `.text;
}

export function sendPage(res: ServerResponse, page: Page, look: Look = lookOf()): void {
  for (const [name, value] of Object.entries(pageHeaders(page, look))) res.setHeader(name, value);
  res.statusCode = page.status ?? 200;
  res.end(pageText(page, look));
}

/** The target of a redirect URI as the page shows it: the host, or the scheme of an application on this device. */
export function targetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : url.protocol;
}

/** The source that form-action has to name for a client's redirect URI. */
export function formTargetOf(redirectUri: string): string | undefined {
  const url = URL.parse(redirectUri);
  if (url === null) return undefined;
  // CSP3 §2.3.1 allows no IPv6 address as a host: browsers ignore one, and would block the redirect.
  return url.origin === 'null' || url.hostname.startsWith('[') ? url.protocol : url.origin;
}
