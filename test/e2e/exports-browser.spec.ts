import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { SessionPool } from '../../src/database/connection/session-pool.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { trustedCertificate } from '../support/certificate.js';
import { startChromium } from '../support/chromium.js';
import { exporter, type Exporter, exportLink, exportTrail, startExportServer } from '../support/exports.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { ENDLESS_ROWS, numbers } from '../support/numbers.js';
import { DEMO_USER } from '../support/oauth-server.js';
import { problemsOf } from '../support/page-problems.js';
import { freePort } from '../support/ports.js';
import type { StartedServer } from '../support/start-server.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

/** With SCREENSHOTS=directory the test takes pictures, to be looked at. */
const SHOTS = process.env['SCREENSHOTS'];
const WIDE = `REPLICATE(N'x', 1000) AS filler`;

describeWith(['nginx', 'openssl', 'chromium'], 'an export in a browser, behind nginx', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-exports-nginx-'));
  let server: StartedServer;
  let nginx: Nginx;
  let context: BrowserContext;
  let ann: Exporter;

  beforeAll(async () => {
    const [httpPort, httpsPort] = [await freePort(), await freePort()];
    const url = `https://localhost:${httpsPort}`;
    await trustedCertificate(directory, 'localhost');
    const started = await startExportServer({ env: { PUBLIC_URL: url } });
    server = { ...started, url };
    nginx = await startNginx({
      serverName: 'localhost',
      tenants: ['demo'],
      upstreams: [Number(new URL(started.url).port)],
      httpPort,
      httpsPort,
      certificateDir: directory,
      acmeRoot: directory,
    });
    ann = await exporter(server);
    context = await startChromium({ ignoreHTTPSErrors: true, acceptDownloads: true, locale: 'en-GB' });
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await nginx?.stop();
    await server?.close();
  });

  const usage = (): number =>
    server.app.get(SessionPool).usage(server.app.get(TenantsService).all()[0] ?? ({} as never)).used;

  /** Opens a link as a person does who comes from a chat: signs in first if the browser has no session. */
  async function openLink(query: string, more: object = {}): Promise<Page> {
    const { url } = await exportLink(server, ann, query, more);
    const page = await context.newPage();
    await page.goto(url);
    if ((await page.locator('[name=password]').count()) > 0) {
      await page.fill('[name=username]', DEMO_USER.username);
      await page.fill('[name=password]', DEMO_USER.password);
      await page.click('button.primary');
    }
    await page.waitForSelector('form[data-starts]');
    expect(page.url()).toBe(url);
    return page;
  }

  it('signs the person in, saves the file, and tells that it is complete', async () => {
    const page = await openLink(`SELECT value AS n, ${WIDE} FROM ${numbers(5_000)}`, { file_name: 'Zażółć' });
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('button.primary')]);
    expect(file.suggestedFilename()).toBe('Zażółć.csv');
    const saved = path.join(directory, 'saved.csv');
    await file.saveAs(saved);
    expect(readFileSync(saved, 'utf8').trimEnd().split('\r\n')).toHaveLength(5_001);
    await page.waitForSelector('p.done');
    expect(await page.innerText('p.done')).toMatch(/^The file is complete: 5,000 rows, 5,0\d\d,\d{3} bytes\.$/);
    expect(await page.locator('form[data-starts]').count()).toBe(0);
  });

  it('leaves no file that looks whole when the statement fails, and shows why without a reload', async () => {
    const page = await openLink(
      `SELECT value AS n, ${WIDE}, 100 / (6000 - value) AS boom FROM ${numbers(8_000)} ORDER BY value`,
    );
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('button.primary')]);
    expect(await file.failure()).not.toBe(null);
    await page.waitForSelector('p.bad');
    expect(await page.innerText('p.bad')).toMatch(
      /^The download failed after [\d,]+ rows, and the file is not complete\..*divide/is,
    );
    expect(await page.locator('form[data-starts]').count()).toBe(1);
  });

  it('shows rows and bytes while the file arrives, and ends the statement when the browser is closed', async () => {
    const page = await openLink(ENDLESS_ROWS.replace('AS n', `AS n, ${WIDE}`));
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('button.primary')]);
    const progress = () => page.locator('[data-status] p').first().innerText();
    await until('the page tells', async () => /^[1-9][\d,]* rows, [1-9][\d,]* bytes so far$/.test(await progress()));
    expect(usage()).toBe(1);
    await file.cancel();
    await until('the connection is free', () => usage() === 0);
    await until('it is recorded', () => exportTrail(server).at(-1)?.['outcome'] === 'cancelled');
  });

  it('has no finding of axe and no sideways scrolling, with its entry on the account page', async () => {
    const findings: string[] = [];
    const page = await openLink('SELECT TOP (@n) OrderID, Freight FROM sales.Orders', {
      parameters: { n: 5 },
      file_name: 'a-name-without-any-space-'.repeat(4),
    });
    const link = page.url();
    for (const url of [link, `${server.url}/demo/account`]) {
      await page.goto(url);
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 844 });
          await page.emulateMedia({ colorScheme });
          const name = `${url === link ? 'download' : 'account-files'}-${colorScheme}-${width}`;
          if (SHOTS !== undefined) await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
          findings.push(...(await problemsOf(page)).map(problem => `${name}: ${problem}`));
        }
      }
    }
    expect(findings).toEqual([]);
  }, 60_000);

  it('shows its errors on the page, with a policy that no script or style of it breaks', async () => {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', message => complaints.push(message.text()));
    const { url } = await exportLink(server, ann, 'SELECT nothing FROM sales.Orders');
    await page.goto(url);
    await page.click('button.primary');
    await page.waitForSelector('[role=alert]');
    expect(await page.innerText('[role=alert]')).toContain("Invalid column name 'nothing'");
    expect(complaints.filter(text => /Content Security Policy|Refused/.test(text))).toEqual([]);
  });
});
