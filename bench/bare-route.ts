import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import mssql from 'mssql';
import type { Target } from './bench-database.ts';

// The yardstick of cpu-per-call.ts: the smallest honest server of the same stack. One Nest route over Express runs the
// statement that it is sent on a pool of `mssql` and returns the rows as JSON. It has no sign-in, policy, audit or MCP.
const { host, ...login } = JSON.parse(process.env.BENCH_TARGET ?? '{}') as Target;
const pool = await new mssql.ConnectionPool({
  ...login,
  server: host,
  options: { encrypt: true, trustServerCertificate: true, useUTC: true },
  pool: { max: 64, min: 0 },
  // A careful user of the driver would set this, because the default sends SELECT 1 before every request.
  ...({ validateConnection: 'socket' } as object),
}).connect();

@Controller()
class QueryController {
  @Post('query')
  @HttpCode(200)
  async query(@Body() { query }: { query: string }): Promise<object> {
    const { recordset } = await pool.request().query(query);
    return recordset;
  }
}

@Module({ controllers: [QueryController] })
class BareModule {}

const app = await NestFactory.create(BareModule, { logger: false });
await app.listen(Number(process.env.SERVER_PORT), '127.0.0.1');
