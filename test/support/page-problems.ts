import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Evaluated like the input of a developer's console, so that the policy of the pages stays as it is. */
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds, and whether the page scrolls sideways. */
export async function problemsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  return [
    ...violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
    ...(wide === true ? ['it scrolls sideways'] : []),
  ];
}
