import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { EntitiesModule } from '../../src/database/entities/entities.module.ts';
import { TenantEntities } from '../../src/database/entities/tenant-entities.ts';
import type { DatabaseConfig } from '../../src/config/tenants/database.config.ts';
import { testCall, testTenant } from './database.ts';
import { Buyer, ENTITIES, Purchase } from './entities.ts';
import { stateSettings } from './state-settings.ts';

/** Writes and reads dates in the time zone of its TZ, and prints what it found as JSON. */
@Module({ imports: [stateSettings(), DatabaseModule, EntitiesModule.register(ENTITIES)] })
class ChildModule {}

const app = await NestFactory.createApplicationContext(ChildModule, { logger: false });
const database = JSON.parse(process.argv[2] ?? '{}') as DatabaseConfig;
const manager = app.get(TenantEntities).manager(testCall(testTenant(database, { readOnly: false })));
const at = new Date('2026-03-29T01:30:00.120Z');
const buyer = await manager.save(Buyer, { name: 'Zone', born: '2026-03-29' });
const dates = { placed: at, entered: at, day: '2026-10-25', opens: '02:30:00', sent: new Date('2026-10-25T00:30:00Z') };
const { id } = await manager.save(Purchase, { ...dates, buyer, total: '1', paid: false });
const texts: unknown = await manager.query(
  'SELECT CONVERT(varchar(40), placed, 126) AS placed, CONVERT(varchar(40), entered, 126) AS entered, CONVERT(varchar(40), day, 126) AS day, CONVERT(varchar(40), sent, 126) AS sent FROM shop.Purchases WHERE id = @0',
  [{ type: 'bigint', value: id }],
);
const read = await manager.findOneByOrFail(Purchase, { id });
const found = await manager.countBy(Purchase, { id, placed: at, entered: at, day: '2026-10-25', opens: '02:30:00' });
const { born } = await manager.findOneByOrFail(Buyer, { id: buyer.id });
const clock = [new Date(2026, 0, 1), new Date(2026, 6, 1)].map(date => date.getTimezoneOffset());
console.log(JSON.stringify({ clock, texts, read, found, born }));
await app.close();
