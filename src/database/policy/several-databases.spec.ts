import { describe, expect, it } from '@jest/globals';
import type { AccessLimits } from '../../common/principal.js';
import { Mentions } from './mentions.js';
import { checkRead } from './statement-policy.js';

const databases = ['Shop', 'Archive', 'odd name]', 'Übersicht'];

function judge(sql: string, access: AccessLimits = {}) {
  const mentions = new Mentions(databases);
  const rules = {
    allowMultipleStatements: false,
    allowThreePartNames: false,
    database: 'Shop',
    databases: databases.slice(1),
    access,
    mentions,
  };
  return { rule: checkRead(sql, rules)?.rule, mentions: mentions.all };
}

describe('the statement policy with several databases', () => {
  it.each([
    'SELECT * FROM Archive.dbo.t',
    'SELECT * FROM [Archive].[dbo].[t]',
    'SELECT * FROM "Archive"."dbo"."t"',
    'SELECT * FROM Archive..t',
    'SELECT * FROM Archive . dbo . t',
    'SELECT * FROM Archive/**/./**/dbo/**/.t',
    'SELECT * FROM Shop.dbo.t JOIN Archive.dbo.t AS u ON u.id = t.id',
    'SELECT * FROM a, Archive.dbo.t',
    'SELECT * FROM a CROSS APPLY Archive.dbo.f(a.x) AS b',
    'SELECT Archive.dbo.f(1)',
    'SELECT (SELECT MAX(id) FROM Archive.dbo.t)',
    'WITH q AS (SELECT id FROM Archive.dbo.t) SELECT id FROM q',
    'SELECT 1 WHERE EXISTS (SELECT 1 FROM Archive.dbo.t)',
    'SELECT Archive.dbo.t.id FROM Archive.dbo.t',
    'SELECT * FROM [odd name]]].dbo.t',
    'SELECT * FROM archive.dbo.t',
    'SELECT * FROM Archive.sys.tables',
  ])('lets a listed database pass: %s', sql => {
    expect(judge(sql).rule).toBeUndefined();
  });

  it.each([
    ['three-part-name', 'SELECT * FROM Payroll.dbo.t'],
    ['three-part-name', 'SELECT * FROM [Payroll]..t'],
    ['three-part-name', 'SELECT * FROM Archive.dbo.t JOIN Payroll.dbo.u ON 1 = 1'],
    ['three-part-name', 'SELECT * FROM Archive.dbo.t, Payroll.dbo.u'],
    ['three-part-name', 'SELECT * FROM a OUTER APPLY Payroll.dbo.f(a.x) b'],
    ['three-part-name', 'SELECT Payroll.dbo.f(1)'],
    ['three-part-name', 'SELECT (SELECT 1 FROM Payroll.dbo.t)'],
    ['three-part-name', 'WITH q AS (SELECT * FROM Payroll.dbo.t) SELECT * FROM q'],
    ['three-part-name', 'SELECT 1 UNION ALL SELECT id FROM Payroll.dbo.t'],
    ['three-part-name', 'SELECT * FROM "Archive ".dbo.t'],
    ['three-part-name', 'SELECT * FROM [Archive].dbo.t JOIN [ Archive].dbo.t u ON 1 = 1'],
    ['three-part-name', 'SELECT * FROM Archivé.dbo.t'],
    // The Kelvin sign and the dotless i are letters of their own.
    ['three-part-name', 'SELECT * FROM Arch\u0131ve.dbo.t'],
    ['three-part-name', 'SELECT * FROM [\u00FCbersicht].dbo.t'],
    ['three-part-name', 'SELECT * FROM master..spt_values'],
    ['three-part-name', 'SELECT * FROM master.sys.databases'],
    ['three-part-name', 'SELECT * FROM tempdb..t'],
    ['three-part-name', 'SELECT * FROM msdb.dbo.backupset'],
    ['three-part-name', 'SELECT * FROM CHANGETABLE(CHANGES Payroll.dbo.t, 0) c'],
    ['three-part-name', "SELECT * FROM CONTAINSTABLE(Payroll.dbo.t, *, 'x') c"],
    ['four-part-name', 'SELECT * FROM srv.Archive.dbo.t'],
    ['four-part-name', 'SELECT * FROM srv...t'],
    ['four-part-name', 'SELECT * FROM .Archive.dbo.t'],
    ['four-part-name', 'SELECT Payroll.dbo.t.id FROM t'],
    ['outward-function', "SELECT * FROM OPENROWSET('SQLNCLI', 'Server=.', 'SELECT 1')"],
    ['outward-function', "SELECT * FROM OPENQUERY(srv, 'SELECT * FROM Archive.dbo.t')"],
    ['outward-function', "SELECT * FROM OPENDATASOURCE('SQLNCLI', 'x').Archive.dbo.t"],
    ['outward-function', 'SELECT * FROM Archive.sys.fn_dblog(NULL, NULL)'],
    ['outward-function', 'SELECT * FROM Archive.sys.dm_os_enumerate_fixed_drives'],
    ['first-word', 'USE Archive'],
    ['first-word', 'USE Archive SELECT * FROM dbo.t'],
    ['first-word', "EXEC Archive.sys.sp_executesql N'SELECT 1'"],
    ['select-into', 'SELECT * INTO Archive.dbo.copy FROM t'],
  ])('refuses by %s: %s', (rule, sql) => {
    expect(judge(sql).rule).toBe(rule);
  });

  it('collects what is named, where a synonym may stand, and not common table expressions', () => {
    const { mentions } = judge(
      'WITH q AS (SELECT * FROM s) SELECT dbo.f(1) FROM q JOIN archive..t ON 1 = 1 CROSS APPLY Archive.x.g(1) AS g, Archive.dbo.[t]',
    );
    const named = mentions.map(({ database, isExact, schema, name }) => [database, isExact, schema, name]);
    expect(named).toEqual([
      ['Shop', true, '', 's'],
      ['Shop', true, 'dbo', 'f'],
      ['Archive', false, '', 't'],
      ['Archive', true, 'x', 'g'],
      ['Archive', true, 'dbo', 't'],
    ]);
  });

  describe('for a person with rules', () => {
    const rules = { schemas: ['sales', 'Archive.hr'], tables: ['dbo.Regions', 'archive.dbo.Old'] };

    it.each([
      'SELECT * FROM sales.t JOIN dbo.Regions ON 1 = 1',
      'SELECT * FROM Shop.sales.t',
      'SELECT * FROM Archive.sales.t JOIN Archive.dbo.Regions ON 1 = 1',
      'SELECT * FROM Archive.hr.People, ARCHIVE.dbo.Old',
      'SELECT Archive.hr.f(1), sales.f(1)',
    ])('allows what they name, in each database or in one: %s', sql => {
      expect(judge(sql, rules).rule).toBeUndefined();
    });

    it.each([
      ['outside-limits', 'SELECT * FROM hr.People'],
      ['outside-limits', 'SELECT * FROM Shop.hr.People'],
      ['outside-limits', 'SELECT * FROM dbo.Old'],
      ['outside-limits', 'SELECT * FROM Archive.dbo.Other'],
      ['outside-limits', 'SELECT * FROM Archive..Old'],
      ['outside-limits', 'SELECT * FROM Archive.sys.tables'],
      ['outside-limits', 'SELECT Archive.dbo.f(1)'],
      ['outside-limits', 'SELECT * FROM sales.t CROSS APPLY Archive.dbo.f(1) x'],
      ['three-part-name', 'SELECT * FROM Payroll.sales.t'],
      ['outside-limits', 'SELECT * FROM [odd name]]].hr.t'],
    ])('refuses by %s: %s', (rule, sql) => {
      expect(judge(sql, rules).rule).toBe(rule);
    });
  });
});
