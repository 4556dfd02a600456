import { CookieJar } from './cookie-jar.js';

export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Visit {
  readonly response: Response;
  readonly url: string;
  readonly text: string;
}

/** A person with a browser without JavaScript, who follows redirects, keeps cookies and fills in forms. */
export class BrowserPerson {
  readonly jar = new CookieJar();

  constructor(
    private readonly origin: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    /** The other servers to which it follows redirects. */
    private readonly others: readonly string[] = [],
  ) {}

  /** Opens an address and follows its redirects while they stay on this server. */
  async open(url: string, init: RequestInit = {}): Promise<Visit> {
    let target = new URL(url, this.origin);
    let request: RequestInit = init;
    for (let hops = 0; hops < 10; hops++) {
      const response = await fetch(target, {
        ...request,
        redirect: 'manual',
        headers: {
          ...this.headers,
          ...(request.headers as Record<string, string>),
          cookie: this.jar.header(target.pathname),
        },
      });
      this.jar.take(response);
      const location = response.headers.get('location');
      if (location === null) return { response, url: target.href, text: await response.text() };
      const next = new URL(location, target);
      if (next.origin !== this.origin && !this.others.includes(next.origin))
        return { response, url: next.href, text: '' };
      await response.arrayBuffer();
      target = next;
      request = {};
    }
    throw new Error('too many redirects');
  }

  submit(page: Visit, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Visit> {
    const form = formOf(page.text);
    return this.open(new URL(form.action, page.url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(page.url).origin, ...headers },
      body: new URLSearchParams({ ...form.fields, ...fields }).toString(),
    });
  }
}

/** The first form of a page, with the values of its inputs that a browser would send. */
export function formOf(text: string): Form {
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(text);
  if (form === null) throw new Error(`there is no form on this page: ${text.slice(0, 300)}`);
  const fields: Record<string, string> = {};
  for (const [input] of (form[2] ?? '').matchAll(/<input[^>]*>/g)) {
    const read = (name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1];
    const name = read('name');
    if (name === undefined) continue;
    if (/^(?:radio|checkbox)$/.test(read('type') ?? '') && !/\schecked\b/.test(input)) continue;
    fields[name] = read('value') ?? '';
  }
  return { action: form[1] ?? '', fields };
}
