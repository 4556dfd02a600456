import type { ErpColumn, ErpForeignKey, ErpModel, ErpTable } from './erp-model.js';

/** The areas: schema and prefix, then nouns with their abbreviation, in the language that they were written in. */
const AREAS = `
dbo.ZO ANM=Zollanmeldung, TAR=Zolltarifnummer, PRAE=Präferenznachweis, SUM=Summarische Anmeldung, BEW=Bewilligung, SIC=Sicherheit beim Zollamt, VFA=Versandverfahren
dbo.KF MAS=Konfigurationsmaske, REG=Konfigurationsregel, MRK=Merkmalsleiste, VAR=Variante, BAU=Baukasten, OPT=Option, AUS=Auswahlliste
dbo.DM DOK=Dokument, ABL=Ablagefach, FRE=Freigabelauf, VER=Versionsstand, SCH=Schlagwort, AKT=Aktenplan, SCA=Scanauftrag
dbo.ED NAC=EDI-Nachricht, PAR=EDI-Partner, SEG=Segment, FEH=Übertragungsfehler, KON=Konverter, LAU=Übertragungslauf, UMS=Umschlüsselung
dbo.VP MIT=Packmittel, VOR=Packvorschrift, ETI=Etikett, LEE=Leergutkonto, GEB=Gebinde, PAL=Palettenschein, FOL=Folienverbrauch
dbo.LS LIS=Lieferantenselbstauskunft, AUD=Auditfrage, MAS=Maßnahmenplan, RIS=Risikoklasse, ANT=Antwortbogen, EIN=Einladung, PUN=Punktevergabe
dbo.MD MOD=Modellwerkzeug, FOR=Gussform, KAV=Kavität, ABN=Abnahmeprotokoll, REP=Formreparatur, LEI=Leihschein, EIG=Formeigner
dbo.PL PRO=Absatzprognose, SZE=Planszenario, KAP=Kapazitätsgruppe, KAL=Werkskalender, SIC=Sicherheitsfaktor, LOS=Losgrößenregel, BEL=Belegungsplan
dbo.LB MET=Labormethode, PRO=Laborprobe, GER=Laborgerät, KAL=Kalibrierung, REA=Reagenz, ERG=Analyseergebnis, GRE=Grenzwert
dbo.UM ABF=Abfallart, ENT=Entsorgungsnachweis, EMI=Emissionsmessung, GEN=Genehmigung, CO2=Klimabilanz, WAS=Abwasserprobe, LAE=Lärmmessung
dbo.GB RAU=Raum, SCH=Schließanlage, REI=Reinigungsplan, FLA=Flächennutzung, BRA=Brandmelder, UMZ=Umzug, PAR=Parkplatz
dbo.IT GER=Endgerät, LIZ=Softwarelizenz, BER=Berechtigungsantrag, SER=Server, AEN=Änderungsantrag, SLA=Servicevereinbarung, BAC=Datensicherung
dbo.KT SPE=Speiseplan, ESS=Essensmarke, ALL=Allergen, REZ=Rezeptur, KAS=Kassenbon, GAS=Gästekarte, ABR=Kantinenabrechnung
fin.TX STE=Steuermeldung, ZMD=Zusammenfassende Meldung, INT=Intrastatmeldung, QUE=Quellensteuer, VOR=Vorsteuerschlüssel, BET=Betriebsprüfung, LAT=Latente Steuer
fin.KO INN=Innenauftrag, UML=Umlagezyklus, KAL=Kalkulationsschema, ZUS=Zuschlagssatz, DBR=Deckungsbeitrag, PRC=Profitcenter, LEI=Leistungsart
fin.TR LIQ=Liquiditätsplan, DAR=Darlehen, SIC=Kurssicherung, AVA=Bürgschaft, KON=Kontoauszug, ZIN=Zinssatz, CAS=Cashpool
fin.KS KON=Konsolidierungskreis, MEL=Meldepaket, ELI=Eliminierung, BET=Beteiligung, UMR=Umrechnungsdifferenz, ANH=Anhangangabe, GOO=Firmenwert
hr.BV ALT=Altersversorgung, JUB=Jubiläum, DAR=Mitarbeiterdarlehen, VOR=Verbesserungsvorschlag, BEU=Beurteilung, ZIE=Zielvereinbarung, BET=Betriebsratssitzung
hr.ZW SCH=Schichtmodell, KON=Stundenkonto, TER=Buchungsterminal, AUS=Ausweis, ZUT=Zutrittsprofil, RUF=Rufbereitschaft, FEI=Feiertag
hr.AZ UNT=Unterweisung, VSG=Vorsorgeuntersuchung, PSA=Schutzausrüstung, GEF=Gefährdungsbeurteilung, BEG=Begehung, BRA=Brandschutzhelfer, VER=Verbandbuch
es.NOM CON=Contrato laboral, COT=Cotización, BAJ=Baja médica, CAT=Categoría, CEN=Centro de trabajo, VAC=Vacaciones, DIE=Dieta
es.CTB ASI=Asiento, CUE=Cuenta contable, EJE=Ejercicio, AMO=Amortización, BAN=Banco, IMP=Impuesto, DIA=Diario
es.LOG RUT=Ruta de reparto, TRA=Transportista, ALB=Albarán, DEV=Devolución, BUL=Bulto, MUE=Muelle, PES=Pesada
es.TPV CAJ=Caja, TIC=Tique, TUR=Turno, ARQ=Arqueo, VAL=Vale, PRO=Promoción, FID=Tarjeta de fidelidad
web.CMS PAG=Page, BNR=Banner, MNU=Navigation menu, TPL=Template, TRN=Translation, FRM=Web form, RED=Redirect
web.SEO KWD=Keyword, RNK=Ranking, LNK=Backlink, SMP=Sitemap, AUD=Page audit, CMP=Competitor, GOL=Conversion goal
crm.LYL PNT=Loyalty points, TIER=Loyalty tier, RWD=Reward, RDM=Redemption, EXP=Expiry rule, PRT=Programme partner, CRD=Loyalty card
crm.SVY QST=Survey question, RSP=Survey response, INV=Survey invitation, SCL=Rating scale, NPS=Promoter score, PNL=Panel, TPC=Topic
crm.KNW ART=Knowledge article, CAT=Category, FBK=Article feedback, ATT=Attachment, TAG=Tag, SUB=Subscription, SRC=Search log
dwh.BI DIM=Dimension, FCT=Fact, AGG=Aggregate, LOD=Load run, MAP=Mapping, ERR=Rejected record, SNP=Snapshot
dwh.IOT SNS=Sensor, MSR=Measurement, ALM=Alarm, GTW=Gateway, FRM=Firmware, THR=Threshold, EVT=Event
`;

/** The forms in which each noun appears: suffix, what it adds to the description, columns. */
const FORMS: readonly (readonly [string, string, readonly string[]])[] = [
  ['_K', '', ['BEZ nvarchar(60)', 'STKZ char(2)', 'ERFDAT date', 'SACHB varchar(20)']],
  ['_P', ' Positionen', ['POSNR int', 'MNG decimal(12,3)', 'WERT decimal(14,2)', 'BEM nvarchar(200)']],
  ['_T', ' Texte', ['SPR char(2)', 'LTXT nvarchar(400)']],
  ['_H', ' Historie', ['AENDAT datetime2(0)', 'AENUSR varchar(20)', 'ALTWERT nvarchar(100)', 'NEUWERT nvarchar(100)']],
  ['_Z', ' Zuordnung', ['PRIO int', 'GUEAB date', 'GUEBIS date']],
  ['_S', ' Schlüssel', ['KURZ char(4)', 'BEZ nvarchar(40)']],
];

/** What grows beside a table of the core over the years: copies, archives, staging and log tables, as nobody documents. */
const REMAINS = ['_BAK', '_ALT', '_2019', '_ARC', '_LOG', '_TMP', '_OLD_20210331', '_IMP', '_COPY', '_NEU'] as const;

const HUBS = ['dbo.KDST', 'dbo.ARTS', 'hr.PERS', 'dbo.LIEF', 'fin.KSTL', 'dbo.LAND', 'dbo.AUFK', 'dbo.MASC'] as const;

/** Adds tables around the core until there are `total`, the same every time. A third of them is described. */
export function withFiller(core: ErpModel, total: number): ErpModel {
  const random = sequence(20_261_130);
  const keys = new Map(core.tables.map(table => [`${table.schema}.${table.name}`, table.columns.filter(c => c.key)]));
  const tables: ErpTable[] = [...core.tables];
  for (const table of core.tables) {
    if (table.rowCount < 100) continue;
    const suffix = REMAINS[Math.floor(random() * REMAINS.length)] ?? '_BAK';
    tables.push(remainOf(table, suffix, random));
  }
  for (let year = 0; tables.length < total; year++) {
    for (const noun of readAreas()) {
      for (const form of FORMS) {
        if (tables.length < total) tables.push(areaTable(noun, form, year === 0 ? '' : `${year + 1}`, keys, random));
      }
    }
  }
  return { ...core, tables };
}

interface AreaNoun {
  readonly schema: string;
  readonly prefix: string;
  readonly abbreviation: string;
  readonly noun: string;
}

function readAreas(): readonly AreaNoun[] {
  return AREAS.trim()
    .split('\n')
    .flatMap(line => {
      const [, schema = '', prefix = '', nouns = ''] = /^(\w+)\.(\w+) (.*)$/.exec(line) ?? [];
      return nouns.split(', ').map(pair => {
        const [abbreviation = '', noun = ''] = pair.split('=');
        return { schema, prefix, abbreviation, noun };
      });
    });
}

function remainOf(table: ErpTable, suffix: string, random: () => number): ErpTable {
  const columns = table.columns.map(({ description: _description, ...column }) => ({
    ...column,
    nullable: !column.key,
  }));
  const rowCount = Math.floor(table.rowCount * random());
  return { schema: table.schema, name: `${table.name}${suffix}`, rowCount, columns, foreignKeys: [], rows: [] };
}

function areaTable(
  { schema, prefix, abbreviation, noun }: AreaNoun,
  [suffix, addition, own]: (typeof FORMS)[number],
  edition: string,
  keys: ReadonlyMap<string, readonly ErpColumn[]>,
  random: () => number,
): ErpTable {
  const name = (form: string): string => `${prefix}_${abbreviation}${edition}${form}`;
  const id: ErpColumn = { name: `${abbreviation}NR`, type: 'int', key: true, nullable: false };
  const columns: ErpColumn[] = [
    suffix === '_K' ? id : { ...id, key: true },
    ...own.map((column, i) => {
      const [columnName = '', type = ''] = column.split(' ');
      const key = i === 0 && suffix !== '_K';
      return { name: columnName, type, key, nullable: !key };
    }),
  ];
  const foreignKeys: ErpForeignKey[] = [];
  if (suffix !== '_K')
    foreignKeys.push({ columns: [id.name], target: `${schema}.${name('_K')}`, targetColumns: [id.name] });
  const hub = HUBS[Math.floor(random() * HUBS.length)] ?? 'dbo.KDST';
  const [target] = keys.get(hub) ?? [];
  if ((suffix === '_K' || suffix === '_Z') && target !== undefined) {
    columns.push({ name: target.name, type: target.type, key: false, nullable: true });
    foreignKeys.push({ columns: [target.name], target: hub, targetColumns: [target.name] });
  }
  const described = random() < 1 / 3 ? { description: noun + addition } : {};
  const rowCount = Math.floor(10 ** (random() * 6));
  return { schema, name: name(suffix), rowCount, ...described, columns, foreignKeys, rows: [] };
}

/** Numbers from 0 to 1 that look random and are the same every time (a linear congruential generator). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
