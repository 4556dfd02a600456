import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { html } from '../../src/oauth/authorization-server/pages/html.js';
import { startChromium } from '../support/chromium.js';
import { connectClient } from '../support/official-client.js';
import { databaseEnvironment, NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { openTestDatabase } from '../support/database.js';
import { describeWith } from '../support/system-programs.js';

const QUESTION = 'Which product categories bring in the most money?';
const QUERY = `SELECT TOP (5) c.CategoryName AS category, COUNT(DISTINCT d.OrderID) AS orders,
       SUM(d.Quantity) AS units,
       ROUND(SUM(d.LineTotal * (1 - CAST(d.Discount AS money))), 2) AS revenue
FROM sales.OrderDetails d
JOIN sales.Orders o ON o.OrderID = d.OrderID AND o.Status <> 'cancelled'
JOIN dbo.Products p ON p.ProductID = d.ProductID
JOIN dbo.Categories c ON c.CategoryID = p.CategoryID
GROUP BY c.CategoryName
ORDER BY revenue DESC`;
const UPDATE = process.env['UPDATE_IMAGES'] === '1';
const FACTS = 'docs/images/question.json';
const PICTURE = 'docs/images/question.png';

interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly row_count: number;
  readonly truncated: boolean;
}

const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { width: 760px; padding: 24px; background: #f4f5f8; color: #1c2430; font: 16px/1.5 system-ui, sans-serif; }
.question { width: fit-content; max-width: 85%; margin: 0 0 16px auto; padding: 10px 16px; border-radius: 16px 16px 4px 16px;
  background: #1550b3; color: #fff; }
.answer { overflow: hidden; border: 1px solid #d7dce5; border-radius: 12px; background: #fff; }
.call { padding: 10px 16px; border-bottom: 1px solid #e6e9ef; color: #5a6472; font-size: 14px; }
.call b { color: #1c2430; }
pre { padding: 12px 16px; border-bottom: 1px solid #e6e9ef; background: #fafbfc; color: #31405a; font: 13px/1.5 monospace; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 16px; border-bottom: 1px solid #e6e9ef; text-align: left; }
th { color: #5a6472; font-size: 14px; font-weight: 600; }
.number { text-align: right; }
`;

/** As a client writes it for a person: `455,971.00`. Money has four digits at most, and none is dropped. */
function written(value: string | number, type = ''): string {
  const minimumFractionDigits = type === 'money' ? 2 : 0;
  return typeof value === 'number'
    ? value.toLocaleString('en-US', { minimumFractionDigits, maximumFractionDigits: 4 })
    : value;
}

/** The page that is photographed: the question, the call of the tool, and its answer, all as they really are. */
function pageOf({ columns, rows, row_count, truncated }: Answer): string {
  const isNumber = (index: number) => typeof rows[0]?.[index] === 'number' || columns[index]?.type === 'money';
  const cell = (value: string | number, index: number) =>
    html`<td class="${isNumber(index) && 'number'}">${written(value, columns[index]?.type)}</td>`;
  const status = `${row_count} rows, ${truncated ? 'truncated' : 'complete'}`;
  const page = html`<body>
    <p class="question">${QUESTION}</p>
    <div class="answer">
      <p class="call"><b>execute_sql</b> · read-only · ${status}</p>
      <pre>${QUERY}</pre>
      <table>
        <tr>
          ${columns.map(({ name }, index) => html`<th class="${isNumber(index) && 'number'}">${name}</th>`)}
        </tr>
        ${rows.map(
          row =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </table>
    </div>
  </body>`;
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${page.text}`;
}

/** With UPDATE_IMAGES=1 the picture and its facts are written; otherwise only the facts are compared, as fonts differ. */
describeWith('chromium', 'the picture of the README', () => {
  let server: StartedServer;
  let answer: Answer;
  beforeAll(async () => {
    // Its dates move with the calendar; these sums over all of its orders do not.
    const database = await openTestDatabase({ seed: 'demo' });
    server = await startServer({ database, env: { ...databaseEnvironment(database), ...NO_SIGN_IN } });
    const client = await connectClient(`${server.url}/demo/mcp`);
    const result = await client.callTool({ name: 'execute_sql', arguments: { query: QUERY } });
    answer = result.structuredContent as unknown as Answer;
    await client.close();
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await server?.database.close();
  });

  it('can be made from the answer to a real call', async () => {
    const context = await startChromium({
      colorScheme: 'light',
      viewport: { width: 760, height: 400 },
      deviceScaleFactor: 1.5,
    });
    const page = await context.newPage();
    await page.setContent(pageOf(answer));
    const file = UPDATE ? PICTURE : path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-picture-')), 'question.png');
    await page.screenshot({ path: file, fullPage: true });
    expect(await page.locator('tr').count()).toBe(6);
    await context.close();
    if (UPDATE)
      writeFileSync(FACTS, `${JSON.stringify({ question: QUESTION, query: QUERY, ...answer }, undefined, 2)}\n`);
    expect(statSync(PICTURE).size).toBeLessThan(150_000);
  }, 60_000);

  it('shows what the server answers today', () => {
    // When this fails the picture is out of date: UPDATE_IMAGES=1 npm run -s jest -- test/e2e/readme-picture
    expect(JSON.parse(readFileSync(FACTS, 'utf8'))).toEqual({ question: QUESTION, query: QUERY, ...answer });
    expect(answer).toMatchObject({ row_count: 5, truncated: false });
  });

  it.each(['README.md', 'README.es.md'])('is described in %s for those who do not see it', file => {
    const [, alt = ''] =
      /<img src="docs\/images\/question\.png"[^>]* alt="([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
    const [best = []] = answer.rows;
    for (const index of [0, 3]) expect(alt).toContain(written(best[index] ?? '', answer.columns[index]?.type));
  });
});
