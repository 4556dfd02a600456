import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { authorizeUrl, pkce, registeredClient, signIn } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';
import { describeWith } from '../support/system-programs.js';

const SHOTS = process.env['SCREENSHOTS'] ?? mkdtempSync(path.join(os.tmpdir(), 'mcp-screenshots-'));

describeWith('chromium', 'the pages in a browser', () => {
  let server: OAuthServer;
  let callback: Awaited<ReturnType<typeof startCallback>>;
  const callbacks: (typeof callback)[] = [];
  beforeAll(async () => {
    server = await startOAuthServer();
    callbacks.push((callback = await startCallback()));
  });
  afterAll(async () => {
    for (const { close } of callbacks) close();
    await server.close();
  });

  const contexts: BrowserContext[] = [];
  afterEach(() => Promise.all(contexts.splice(0).map(context => context.close())));

  async function open(options: Parameters<typeof startChromium>[0] = {}): Promise<{ page: Page; problems: string[] }> {
    const context = await startChromium(options);
    contexts.push(context);
    const page = await context.newPage();
    const problems: string[] = [];
    // The browser reports a policy violation to the console.
    page.on('console', message => problems.push(message.text()));
    page.on('pageerror', error => problems.push(error.message));
    return { page, problems: problems };
  }

  async function authorization(
    tenant: string,
    scope: string,
    name = 'Report writer',
    redirect_uri = callback.url,
  ): Promise<string> {
    const base = `${server.url}/${tenant}`;
    const client_id = await registeredClient(base, { redirect_uris: [redirect_uri], client_name: name });
    return authorizeUrl(base, { client_id, code_challenge: pkce().challenge, redirect_uri, scope });
  }

  it('leads from the application through sign-in and consent back to the application', async () => {
    const { page, problems } = await open();
    await page.goto(await authorization('workshop', 'sql:read sql:write'));
    await page.screenshot({ path: path.join(SHOTS, 'sign-in-light.png'), fullPage: true });
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', DEMO_USER.password);
    await page.click('button.primary');
    await page.waitForSelector('button[value=approve]');
    const text = await page.innerText('main');
    for (const expected of [
      'Report writer',
      'workshop',
      'Workshop',
      'demo',
      new URL(callback.url).host,
      'this device',
    ]) {
      expect(text).toContain(expected);
    }
    expect(await page.isChecked('#read')).toBe(true);
    await page.screenshot({ path: path.join(SHOTS, 'consent-light.png'), fullPage: true });
    await page.click('button[value=approve]');
    await page.waitForURL(`${callback.url}?**`);
    const answer = callback.asked.at(-1)?.searchParams;
    expect(answer?.get('code')).toMatch(/^[\w-]{43}$/);
    expect(answer?.get('iss')).toBe(`${server.url}/workshop`);
    expect(problems).toEqual([]);
  });

  it('works without JavaScript, in Spanish and in the dark scheme, and denies access', async () => {
    const { page, problems } = await open({ javaScriptEnabled: false, locale: 'es-ES', colorScheme: 'dark' });
    await page.goto(await authorization('demo', 'sql:read'));
    expect(await page.innerText('h1')).toBe('Iniciar sesión');
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    await page.screenshot({ path: path.join(SHOTS, 'sign-in-dark-es.png'), fullPage: true });
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', 'mal');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    expect(await page.innerText('[role=alert]')).toContain('no coinciden');
    await page.fill('[name=password]', DEMO_USER.password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('button[value=deny]');
    expect(await page.innerText('h1')).toBe('¿Permitir el acceso?');
    await page.screenshot({ path: path.join(SHOTS, 'consent-dark-es.png'), fullPage: true });
    await page.click('button[value=deny]');
    await page.waitForURL(`${callback.url}?**`);
    expect(callback.asked.at(-1)?.searchParams.get('error')).toBe('access_denied');
    expect(problems.filter(problem => !problem.includes('401'))).toEqual([]);
  });

  it('leads back to an application at the IPv6 loopback address too', async () => {
    const there = await startCallback('::1');
    callbacks.push(there);
    const { page, problems } = await open();
    await page.goto(await authorization('demo', 'sql:read', 'By IPv6', there.url));
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', DEMO_USER.password);
    await page.click('button.primary');
    await page.click('button[value=approve]');
    await page.waitForURL(url => url.href.startsWith(there.url), { timeout: 4_000 });
    expect(there.asked.at(-1)?.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    expect(problems).toEqual([]);
  });

  it('lets a person cancel before signing in, and change account at consent', async () => {
    const { page } = await open();
    await page.goto(await authorization('demo', 'sql:read'));
    await page.click('button[name=cancel]');
    await page.waitForURL(`${callback.url}?**`);
    expect(callback.asked.at(-1)?.searchParams.get('error')).toBe('access_denied');
    await page.goto(await authorization('demo', 'sql:read'));
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', DEMO_USER.password);
    await page.click('button.primary');
    await page.click('button[value=switch]');
    await page.waitForSelector('[name=password]');
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', DEMO_USER.password);
    await page.click('button.primary');
    await page.click('button[value=approve]');
    await page.waitForURL(`${callback.url}?code=**`);
  });

  it('works with the keyboard, has names for screen readers, and fits a narrow screen', async () => {
    const { page } = await open({ viewport: { width: 320, height: 640 } });
    await page.goto(
      await authorization('demo', 'sql:read', 'A rather long name of an application that somebody registered'),
    );
    for (const label of ['User name', 'Password']) {
      expect(await page.getByLabel(label, { exact: true }).count()).toBe(1);
    }
    const order: string[] = [];
    // The first field has the focus when the page opens.
    for (let step = 0; step < 5; step++) {
      order.push(
        await page.evaluate('document.activeElement.getAttribute("name") ?? document.activeElement.className'),
      );
      await page.keyboard.press('Tab');
    }
    expect(order).toEqual(['username', 'password', 'reveal', 'primary', 'cancel']);
    const overflow = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect(overflow).toBe(false);
    await page.screenshot({ path: path.join(SHOTS, 'sign-in-narrow.png'), fullPage: true });
  });

  it('can’t be framed by another page', async () => {
    const { page, problems } = await open();
    const victim = await authorization('demo', 'sql:read');
    await page.goto(callback.url);
    await page.setContent(`<iframe src="${victim.replace(/&/g, '&amp;')}"></iframe>`);
    await until('the browser refuses', () => problems.some(problem => problem.includes('frame-ancestors')));
    const frame = page.frames().find(candidate => candidate !== page.mainFrame());
    expect(await frame?.locator('[name=password]').count()).toBe(0);
  });

  it('shows a user the connected applications, and revokes their access', async () => {
    const { accessToken } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const use = (): Promise<number> =>
      fetch(`${server.url}/demo/sse`, { headers: { authorization: `Bearer ${accessToken}` } }).then(
        answer => answer.status,
      );
    expect(await use()).toBe(200);
    const { page, problems } = await open();
    await page.goto(`${server.url}/demo/account`);
    await page.fill('[name=username]', DEMO_USER.username);
    await page.fill('[name=password]', DEMO_USER.password);
    await page.click('button.primary');
    await page.waitForSelector('section');
    const before = await page.locator('section').count();
    const mine = page.locator('section', { hasText: 'Test client' }).first();
    expect(await mine.innerText()).toMatch(/Last use/);
    await page.screenshot({ path: path.join(SHOTS, 'account.png'), fullPage: true });
    await mine.locator('button').click();
    await page.waitForSelector('[role=status]');
    expect(await page.innerText('[role=status]')).toBe('The access of Test client was revoked.');
    expect(await page.locator('section').count()).toBe(before - 1);
    expect(await use()).toBe(401);
    await page.click('text=Sign out');
    await page.waitForSelector('[name=password]');
    expect(problems).toEqual([]);
  });

  it('shows an error as a page, not as a redirect', async () => {
    const { page } = await open();
    await page.goto(`${server.url}/demo/authorize?client_id=nobody&redirect_uri=https://evil.example/`);
    expect(await page.innerText('main')).toContain('invalid_client');
    await page.screenshot({ path: path.join(SHOTS, 'error.png'), fullPage: true });
    await page.goto(`${server.url}/demo/docs`);
    await page.screenshot({ path: path.join(SHOTS, 'docs.png'), fullPage: true });
  });
});

async function startCallback(host = '127.0.0.1'): Promise<{ url: string; asked: URL[]; close(): void }> {
  const asked: URL[] = [];
  const listener = createServer((req, res) => {
    if (req.url?.startsWith('/callback?') === true) asked.push(new URL(req.url, 'http://127.0.0.1'));
    res.setHeader('content-type', 'text/html').end('<!doctype html><link rel="icon" href="data:,"><p>done');
  });
  await new Promise<void>(resolve => listener.listen(0, host, resolve));
  const { port } = listener.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/callback`;
  return { url, asked, close: () => (listener.closeAllConnections(), void listener.close()) };
}
