import { mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { authorizeUrl, pkce, signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { describeWith } from '../support/system-programs.js';

const COMMITTED = 'docs/images';
const MAX_BYTES = 80_000;
const IMAGES = ['sign-in', 'consent', 'account'] as const;
const ANA = { username: 'ana', password: DEMO_USER.password };
const GUIDES = ['README.md', 'docs/claude-connector-setup.md'];

/**
 * The images of the README and the guides. With UPDATE_IMAGES=1 they are written to docs/images. Otherwise this test
 * only checks that they can be made and that the committed ones exist, because fonts differ between machines.
 */
const target = process.env['UPDATE_IMAGES'] === '1' ? COMMITTED : mkdtempSync(path.join(os.tmpdir(), 'mcp-images-'));

/** The width and height of an image, from its header (PNG specification, 11.2.2 IHDR). */
const sizeOf = (file: string) => {
  const bytes = readFileSync(file);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] as const;
};

describeWith('chromium', 'the images of the pages', () => {
  let server: OAuthServer;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    server = await startOAuthServer({ tenants: [{ path: '/sales', read_only: false }] });
    await addUser(server.usersFile, ANA.username, ANA.password);
    context = await startChromium({ colorScheme: 'light', locale: 'en-GB', viewport: { width: 600, height: 400 } });
    page = await context.newPage();
    mkdirSync(target, { recursive: true });
  }, 60_000);
  afterAll(async () => {
    await context?.close();
    await server?.close();
  });

  /** Saves the card of the page with a margin around it. */
  async function picture(name: (typeof IMAGES)[number]): Promise<void> {
    const box = await page.locator('.card').boundingBox();
    if (box === null) throw new Error('the page has no card');
    const clip = { x: 0, y: 0, width: 600, height: Math.ceil(box.y + box.height + Math.min(box.y, 32)) };
    await page.screenshot({ path: path.join(target, `${name}.png`), fullPage: true, clip });
  }

  it('show sign-in and consent for Claude', async () => {
    const base = `${server.url}/sales`;
    const redirect_uri = 'https://claude.ai/api/mcp/auth_callback';
    const client_id = 'https://claude.ai/oauth/mcp-oauth-client-metadata';
    const scope = 'sql:read sql:write offline_access';
    await page.goto(authorizeUrl(base, { client_id, code_challenge: pkce().challenge, redirect_uri, scope }));
    await page.fill('[name=username]', ANA.username);
    await picture('sign-in');
    await page.fill('[name=password]', ANA.password);
    await page.click('button.primary');
    await page.waitForSelector('button[value=approve]');
    expect(await page.innerText('main')).toContain('claude.ai');
    await picture('consent');
  });

  it('show the account', async () => {
    const clientId = 'https://claude.ai/oauth/claude-code-client-metadata';
    const { accessToken } = await signIn({ url: server.url, tenant: 'sales', clientId, grant: 'sql:read', ...ANA });
    await fetch(`${server.url}/sales/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
    await page.context().clearCookies();
    await page.goto(`${server.url}/sales/account`);
    await page.fill('[name=username]', ANA.username);
    await page.fill('[name=password]', ANA.password);
    await page.click('button.primary');
    await page.waitForSelector('section');
    await picture('account');
  });

  it.each(IMAGES)('%s is committed, small, about as large as it is now, and shown in the guides', name => {
    const committed = path.join(COMMITTED, `${name}.png`);
    expect(statSync(committed).size).toBeLessThan(MAX_BYTES);
    const [width, height] = sizeOf(committed);
    const [nowWidth, nowHeight] = sizeOf(path.join(target, `${name}.png`));
    expect(width).toBe(nowWidth);
    // A larger difference means that the page has changed: UPDATE_IMAGES=1 npm run jest -- test/e2e/page-images
    expect(Math.abs(height - nowHeight)).toBeLessThan(120);
    expect(GUIDES.some(file => readFileSync(file, 'utf8').includes(`images/${name}.png`))).toBe(true);
  });
});
