// Waits until the server that TEST_MSSQL_URL names takes sign-ins: a container's port is open before that.
import { setTimeout as delay } from 'node:timers/promises';
import sql from 'mssql';

const url = new URL(process.env.TEST_MSSQL_URL);
const deadline = Date.now() + 120_000;

for (;;) {
  const pool = new sql.ConnectionPool({
    server: url.hostname,
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    options: { encrypt: true, trustServerCertificate: true },
  });
  try {
    await pool.connect();
    const { recordset } = await pool.query('SELECT @@VERSION AS version');
    console.log(recordset[0].version);
    await pool.close();
    break;
  } catch (error) {
    await pool.close();
    if (Date.now() > deadline) throw error;
    await delay(1_000);
  }
}
