/**
 * Counts the tokens (o200k) of a full page with default limits, for tables of each kind of value. The exit code is 1 when
 * one has 16,000 or more. Bytes that no table here has can cost one token each, which the default limit allows for.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { openTestDatabase } from '../test/support/database.ts';
import { toolServices } from '../test/support/tool-services.ts';

const AIM = 16_000;
const ROWS = 1_000;

const KINDS: Readonly<Record<string, string>> = {
  guid: 'NEWID() AS a, NEWID() AS b, NEWID() AS c',
  digit: Array.from({ length: 20 }, (_, i) => `(n.value * ${i + 7}) % 10 AS c${i}`).join(', '),
  int: Array.from({ length: 20 }, (_, i) => `n.value * ${i + 7919} AS c${i}`).join(', '),
  decimal: 'CAST(n.value / 7.0 AS decimal(18,6)) AS a, CAST(n.value / 3.0 AS money) AS b',
  datetime: "DATEADD(second, n.value * 7919, CAST('2024-01-01' AS datetime2(7))) AS a",
  binary: "HASHBYTES('SHA2_512', CAST(n.value AS varchar(10))) AS a",
  ascii: "REPLICATE(CONCAT('Customer ', n.value, '; '), 20) AS a",
  cyrillic: "REPLICATE(CONCAT(N'Заказ ', n.value, N'; '), 20) AS a",
  cjk: "REPLICATE(CONCAT(N'顧客', n.value, N'；'), 20) AS a",
  emoji: "REPLICATE(CONCAT(N'🧾🚚', n.value), 20) AS a",
  null: Array.from({ length: 30 }, (_, i) => `CAST(NULL AS int) AS c${i}`).join(', '),
};

const database = await openTestDatabase({ seed: true });
const tools = await toolServices(database);
const statements: (readonly [string, string])[] = Object.entries(KINDS).map(([kind, columns]) => [
  kind,
  `SELECT ${columns} FROM GENERATE_SERIES(1, ${ROWS}) AS n`,
]);
statements.push(['AllTypes', 'SELECT * FROM demo.AllTypes']);
let worst = 0;
for (const [kind, query] of statements) {
  for (const format of ['compact', 'objects', 'csv', 'markdown']) {
    const { text } = await tools.call('execute_sql', { query, format });
    const tokens = countTokens(text);
    worst = Math.max(worst, tokens);
    console.log(JSON.stringify({ kind, format, bytes: Buffer.byteLength(text), tokens }));
  }
}
console.log(JSON.stringify({ worst, aim: AIM }));
await tools.close();
await database.close();
process.exit(worst < AIM ? 0 : 1);
