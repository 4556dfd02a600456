import type { BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { until } from '../support/until.js';
import { describeWith } from '../support/system-programs.js';

const BUSY = { username: 'busy', password: DEMO_USER.password };

describeWith('chromium', 'what the script adds to the pages', () => {
  let server: OAuthServer;
  let context: BrowserContext;
  let plain: BrowserContext;
  beforeAll(async () => {
    server = await startOAuthServer();
    await addUser(server.usersFile, BUSY.username, BUSY.password);
    context = await startChromium({ locale: 'en-GB', timezoneId: 'Asia/Tokyo' });
    plain = await startChromium({ locale: 'en-GB', timezoneId: 'Asia/Tokyo', javaScriptEnabled: false });
  }, 60_000);
  afterAll(async () => {
    await context?.close();
    await plain?.close();
    await server?.close();
  });

  async function account(browser: BrowserContext, person = DEMO_USER): Promise<Page> {
    await browser.clearCookies();
    const page = await browser.newPage();
    await page.goto(`${server.url}/demo/account`);
    await page.fill('[name=username]', person.username);
    await page.fill('[name=password]', person.password);
    await page.click('button.primary');
    await page.waitForSelector('form[action$="/sign-out"]');
    return page;
  }

  it('copies a line, and says so', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const page = await context.newPage();
    await page.goto(`${server.url}/demo/docs`);
    await page.getByRole('button', { name: 'Copy: Claude Code' }).click();
    await until(
      'the page says so',
      async () => (await page.locator('[role=status]', { hasText: 'Copied' }).count()) > 0,
    );
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `claude mcp add --transport http demo ${server.url}/demo/sse\nclaude mcp login demo`,
    );
  });

  it('has the cursor in the first empty field of the sign-in page', async () => {
    const page = await plain.newPage();
    await plain.clearCookies();
    await page.goto(`${server.url}/demo/account`);
    const focused = () => page.locator(':focus').getAttribute('name');
    expect(await focused()).toBe('username');
    await page.fill('[name=username]', 'someone');
    await page.fill('[name=password]', 'mistaken');
    await page.click('button.primary');
    expect(await focused()).toBe('password');
    await page.close();
  });

  it('shows the password as long as the person wants, and never sends it from a text field', async () => {
    const page = await context.newPage();
    await page.goto(`${server.url}/demo/account`);
    await page.fill('[name=password]', 'mistaken');
    const type = () => page.getAttribute('[name=password]', 'type');
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await type()).toBe('text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    expect(await type()).toBe('password');
    await page.getByRole('button', { name: 'Show password' }).click();
    await page.evaluate(`document.forms[0].addEventListener('submit', event => event.preventDefault())`);
    await page.fill('[name=username]', 'somebody');
    await page.keyboard.press('Enter');
    expect(await type()).toBe('password');
  });

  it('shows times in the zone of the browser; without it they are in UTC', async () => {
    await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const page = await account(context);
    const time = page.locator('section time').first();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const shown = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' } as const;
    const local = new Intl.DateTimeFormat('en-GB', shown).format(at);
    expect(await time.innerText()).toBe(local);
    expect(await time.getAttribute('title')).toMatch(/ UTC$/);
    const without = await account(plain);
    const text = await without.locator('section time').first().innerText();
    expect(text).toBe(`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
    expect(await without.locator('button.reveal, .code button').count()).toBe(0);
  });

  it('leaves paging and "revoke all" to the page itself', async () => {
    for (let count = 0; count < 11; count++) await signIn({ url: server.url, tenant: 'demo', ...BUSY });
    const { accessToken } = await signIn({ url: server.url, tenant: 'demo', ...BUSY });
    const page = await account(plain, BUSY);
    const entries = () => page.locator('section').count();
    expect(await entries()).toBe(10);
    expect(await page.locator('section').first().innerText()).toContain('127.0.0.1:53682');
    await page.click('text=Older');
    expect(await page.locator('nav').innerText()).toContain('Page 2 of 2');
    expect(await entries()).toBe(2);
    await page.click('summary');
    await page.click('form[action$="/revoke-all"] button');
    expect(await page.innerText('[role=status]')).toBe('The access of all applications was revoked.');
    expect(await entries()).toBe(0);
    const used = await fetch(`${server.url}/demo/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(used.status).toBe(401);
  });
});
