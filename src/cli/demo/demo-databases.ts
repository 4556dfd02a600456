import { randomBytes } from 'node:crypto';
import sql from 'mssql';
import { type Sandbox, startSandbox } from '#sandbox';

const READER = 'mcp_reader';
const WRITER = 'mcp_writer';

export interface DemoDatabases {
  /** The password of both logins. */
  readonly password: string;
  /** The `database` of a tenant in TENANTS_FILE: the sample database, with a login that only reads. */
  readonly demo: object;
  /** The same for a small database, with a login that writes. */
  readonly workshop: object;
}

/** Starts the databases of the demo. Their settings have `passwordText` where the password belongs. */
export async function startDemoDatabases(passwordText: string): Promise<DemoDatabases> {
  const password = randomBytes(18).toString('base64url');
  const users = [
    { name: READER, password, roles: ['db_datareader'] },
    { name: WRITER, password, roles: ['db_owner'] },
  ];
  const [demo, workshop] = await Promise.all([
    startSandbox({ users, seed: 'demo' }),
    startSandbox({ users, seed: 'workshop', databaseName: 'Workshop' }),
  ]);
  await grantPermissions(demo, password);
  const settings = (sandbox: Sandbox, user: string): object => ({
    host: sandbox.host,
    port: sandbox.port,
    user,
    password: passwordText,
    database: sandbox.databaseName,
    trust_server_certificate: true,
  });
  return { password, demo: settings(demo, READER), workshop: settings(workshop, WRITER) };
}

/**
 * Like scripts/sql/create-readonly-login.sql: the reader sees defaults and constraints. It may also see plans, and call the
 * procedure that config/knowledge.example.yaml declares.
 */
async function grantPermissions(demo: Sandbox, password: string): Promise<void> {
  const owner = await new sql.ConnectionPool({
    server: demo.host,
    port: demo.port,
    user: WRITER,
    password,
    database: demo.databaseName,
    options: { trustServerCertificate: true },
  }).connect();
  await owner.query(`GRANT VIEW DEFINITION, VIEW DATABASE STATE, SHOWPLAN TO ${READER};
    GRANT EXECUTE ON sales.TopCustomers TO ${READER};`);
  await owner.close();
}
