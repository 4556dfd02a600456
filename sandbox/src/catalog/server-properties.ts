import { hostname } from 'node:os';
import type { SqlType, VariantValue } from '../engine/sql-type.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import { COLLATION } from './view.ts';

const INT: SqlType = { name: 'int' };
const NAME: SqlType = { name: 'nvarchar', length: 128 };

const text = (value: string): VariantValue => ({ type: NAME, value });
export const int = (value: number): VariantValue => ({ type: INT, value });

/** SERVERPROPERTY: SQL Server 2022, on which the sandbox models itself. Unknown names are NULL. */
export function serverProperty(session: CatalogSession, property: string): VariantValue | null {
  switch (property.toLowerCase()) {
    case 'productversion':
      return text('16.0.1000.6');
    case 'productmajorversion':
      return text('16');
    case 'productminorversion':
      return text('0');
    case 'productbuild':
      return text('1000');
    case 'productlevel':
      return text('RTM');
    case 'edition':
      return text('Developer Edition (64-bit)');
    case 'editionid':
      return { type: { name: 'bigint' }, value: -2_117_995_310n };
    case 'engineedition':
      return int(3);
    case 'servername':
      return text(session.server.name);
    case 'machinename':
    case 'computernamephysicalnetbios':
      return text(hostname());
    case 'collation':
      return text(COLLATION);
    case 'lcid':
      return int(1033);
    case 'comparisonstyle':
      return int(196_609);
    case 'sqlcharset':
      return { type: { name: 'tinyint' }, value: 1 };
    case 'sqlcharsetname':
      return text('iso_1');
    case 'sqlsortorder':
      return { type: { name: 'tinyint' }, value: 52 };
    case 'sqlsortordername':
      return text('nocase_iso');
    case 'processid':
      return int(process.pid);
    case 'isclustered':
    case 'ishadrenabled':
    case 'isintegratedsecurityonly':
    case 'isfulltextinstalled':
    case 'issingleuser':
    case 'isxtpsupported':
    case 'islocaldb':
    case 'ispolybaseinstalled':
    case 'isadvancedanalyticsinstalled':
    case 'filestreamconfiguredlevel':
    case 'filestreameffectivelevel':
      return int(0);
    default:
      return null;
  }
}

const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['master', 'tempdb', 'model', 'msdb']);

/** DATABASEPROPERTYEX */
export function databaseProperty(session: CatalogSession, database: string, property: string): VariantValue | null {
  const found = session.server.database(database);
  if (!found) return null;
  switch (property.toLowerCase()) {
    case 'collation':
      return text(COLLATION);
    case 'comparisonstyle':
      return int(196_609);
    case 'edition':
      return null;
    case 'lcid':
      return int(1033);
    case 'recovery':
      return text(SYSTEM_DATABASES.has(found.name) ? 'SIMPLE' : 'FULL');
    case 'status':
      return text('ONLINE');
    case 'updateability':
      return text('READ_WRITE');
    case 'useraccess':
      return text('MULTI_USER');
    case 'version':
      return int(957);
    case 'sqlsortorder':
      return { type: { name: 'tinyint' }, value: 52 };
    case 'isautoclose':
    case 'isautoshrink':
    case 'isinstandby':
    case 'isansinulldefault':
    case 'isansinullsenabled':
    case 'isansipaddingenabled':
    case 'isansiwarningsenabled':
    case 'isarithmeticabortenabled':
    case 'isfulltextenabled':
    case 'isquotedidentifiersenabled':
    case 'isrecursivetriggersenabled':
      return int(0);
    case 'isautocreatestatistics':
    case 'isautoupdatestatistics':
      return int(1);
    default:
      return null;
  }
}
