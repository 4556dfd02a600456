// Measures the cost of the statement policy and of the two audit records for each call: the processor time of the whole
// process with its file writes. Calls come in bursts of 16, as on a loaded server. The exit code is 1 above the aim.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AuditService } from '../src/audit/audit.service.js';
import { ServerConfig } from '../src/config/server.config.js';
import { StatementPolicy } from '../src/database/policy/statement-policy.js';
import { ReportedStatement } from '../src/database/query/reported-statement.js';
import { InvocationRecord } from '../src/invocation/invocation-record.js';
import { StateCipher } from '../src/state/state-cipher.js';
import { testCall, testTenant } from '../test/support/database.js';
import { DatabaseConfig } from '../src/config/tenants/database.config.js';

const CALLS = 32_000;
const BURST = 16;
const AIM_MS = 0.1;
const STATEMENTS: readonly (readonly [string, string])[] = [
  ['SELECT 1', 'SELECT 1 AS one'],
  [
    'a report',
    `WITH totals AS (
  SELECT o.CustomerID, SUM(d.UnitPrice * d.Quantity) AS Total, COUNT(DISTINCT o.OrderID) AS Orders
  FROM sales.Orders AS o JOIN sales.OrderDetails AS d ON d.OrderID = o.OrderID
  WHERE o.OrderDate >= DATEADD(month, -3, @today) AND o.Status <> 'cancelled'
  GROUP BY o.CustomerID)
SELECT TOP (20) c.CompanyName, t.Total, t.Orders, RANK() OVER (ORDER BY t.Total DESC) AS Place
FROM totals AS t JOIN sales.Customers AS c ON c.CustomerID = t.CustomerID
ORDER BY t.Total DESC`,
  ],
];

const policy = new StatementPolicy();
const tenant = testTenant(new DatabaseConfig());
const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-audit-'));
const config = Object.assign(new ServerConfig(), { auditFile: path.join(directory, 'audit.jsonl') });
const audit = new AuditService(config, new StateCipher(randomBytes(32)));

async function oneCall(statement: string): Promise<void> {
  const call = testCall(tenant);
  const record = new InvocationRecord('tools/call', 'execute_sql', call);
  const intent = audit.intent(record.intent(statement));
  policy.admitRead(statement, call);
  const report = new ReportedStatement('read', statement);
  report.allowed = true;
  record.report(report.summary());
  await Promise.all([intent, audit.outcome(record.outcome('done'))]);
}

async function milliseconds(statement: string, calls: number): Promise<number> {
  const started = process.cpuUsage();
  for (let call = 0; call < calls; call += BURST) {
    await Promise.all(Array.from({ length: BURST }, () => oneCall(statement)));
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000 / calls;
}

let good = true;
for (const [name, statement] of STATEMENTS) {
  await milliseconds(statement, CALLS / 4);
  const cost = await milliseconds(statement, CALLS);
  good &&= cost < AIM_MS;
  console.log(
    JSON.stringify({ bench: 'policy-audit', statement: name, ms_per_call: Number(cost.toFixed(3)), aim: AIM_MS }),
  );
}
await audit.onApplicationShutdown();
process.exit(good ? 0 : 1);
