import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { problemsOf } from '../support/page-problems.js';
import { pagesOf, type Stop, TOUR_TENANTS } from '../support/pages-tour.js';
import { describeWith } from '../support/system-programs.js';

/** With SCREENSHOTS=directory the test takes pictures, to be looked at. */
const SHOTS = process.env['SCREENSHOTS'];
const WIDTHS = [390, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;

describeWith('chromium', 'the look of the pages', () => {
  let server: OAuthServer;
  let stops: readonly Stop[];
  let context: BrowserContext;
  beforeAll(async () => {
    if (SHOTS !== undefined) mkdirSync(SHOTS, { recursive: true });
    server = await startOAuthServer({ tenants: TOUR_TENANTS });
    stops = await pagesOf(server);
    context = await startChromium({ locale: process.env['SCREENSHOTS_LOCALE'] ?? 'en-GB' });
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await server?.close();
  });

  it('has no finding of axe and no sideways scrolling, on a telephone and on a desk, light and dark', async () => {
    const findings: string[] = [];
    for (const stop of stops) {
      await context.clearCookies();
      const page = await context.newPage();
      await stop.open(page);
      for (const [colorScheme, width] of SCHEMES.flatMap(scheme => WIDTHS.map(size => [scheme, size] as const))) {
        const view = `${stop.name}-${colorScheme}-${width}`;
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        if (SHOTS !== undefined) await page.screenshot({ path: path.join(SHOTS, `${view}.png`), fullPage: true });
        findings.push(...(await problemsOf(page)).map(problem => `${view}: ${problem}`));
      }
      await page.close();
    }
    expect(stops.length).toBeGreaterThanOrEqual(10);
    expect(findings).toEqual([]);
  }, 300_000);
});
