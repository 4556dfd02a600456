/**
 * A question to the generated ERP as somebody of the business asks it, written before the search was. No question has a
 * word that is the name of one of its tables or of their columns (erp-questions.spec.ts checks this).
 */
export interface ErpQuestion {
  readonly ask: string;
  /** The table that the answer needs first: it has to be among the first three. */
  readonly table: string;
  /** The steps of the join that it needs, as `table.COLUMNS=table.COLUMNS`. The schema is dbo where none is written. */
  readonly join?: readonly string[];
  /** The spelling of a value, and the column that has it. */
  readonly value?: { readonly column: string; readonly is: string };
}

type Line = readonly [ask: string, table: string, ...join: string[]];

const SIMPLE: readonly Line[] = [
  ['Which customers are currently blocked from deliveries?', 'KDST'],
  ['credit limit per debtor', 'KDST'],
  ['quotations we sent to prospects', 'ANGK'],
  ['Which sales representatives work in the field?', 'VTRT'],
  ['delivery notes issued last week', 'LFSK'],
  ['outgoing invoices of March', 'REKO'],
  ['Which carriers do we ship with?', 'SPED'],
  ['sales prices for each article', 'PRLP'],
  ['Which volume discounts do we grant?', 'RABS'],
  ['call-off orders with customers that run out this year', 'RAHM'],
  ['When is the next inspection of the vehicles in our fleet?', 'FZST'],
  ['reorder level of each material', 'ARTS'],
  ['Which suppliers have the worst rating?', 'LIEF'],
  ['replenishment lead time by vendor', 'LIAR'],
  ['purchase orders placed this quarter', 'BSTK'],
  ['goods received yesterday', 'WEIN'],
  ['available quantity in stock', 'BEST'],
  ['Which batches expire next month?', 'CHAR'],
  ['bills of material that are valid today', 'STLK'],
  ['setup time per operation', 'APLG'],
  ['How much scrap did the production orders have?', 'FAUF'],
  ['machine downtime this week', 'STOR'],
  ['upcoming preventive maintenance', 'WART'],
  ['tolerances of the inspection characteristics', 'QMRK'],
  ['complaints of this year', 'REKL'],
  ['safety data sheets of hazardous substances', 'GEFA'],
  ['meter readings of the energy consumption', 'ENAB'],
  ['chart of accounts', 'fin.SKST'],
  ['yearly depreciation of the fixed assets', 'fin.AFAB'],
  ['budget of each cost centre', 'fin.BUDG'],
  ['exchange rates of foreign currencies', 'fin.KURS'],
  ['travel expense claims waiting for approval', 'fin.REIS'],
  ['How high is the yearly premium of our insurances?', 'fin.VERS'],
  ['Wie viele Fehltage wegen Krankheit hatten wir?', 'hr.ABWE'],
  ['Gehaltsabrechnung der Mitarbeiter im Mai', 'hr.LOHN'],
  ['job applications received this month', 'hr.BEWR'],
  ['work accidents with lost days', 'hr.UNFL'],
  ['¿Cuántas facturas emitió la filial en abril?', 'es.FAC_CAB'],
  ['support requests that are still unresolved', 'crm.TCKT'],
  ['star ratings that shoppers gave', 'web.RVW'],
];

/** The tables at both ends have no key to each other, only a table between them has. */
const BRIDGES: readonly Line[] = [
  ['Which price lists apply to which customers?', 'PRLK', 'KDPL.KDNR=KDST.KDNR', 'KDPL.PLNR=PRLK.PLNR'],
  ['On which machines can a tool be mounted?', 'MASC', 'WZMA.WZNR=WZEU.WZNR', 'WZMA.MANR=MASC.MANR'],
  ['qualifications of the employees', 'hr.QUAL', 'hr.PEQU.QFNR=hr.QUAL.QFNR', 'hr.PEQU.PNR=hr.PERS.PNR'],
  [
    'Which employees took part in which training courses?',
    'hr.SCHU',
    'hr.SHTN.SHNR=hr.SCHU.SHNR',
    'hr.SHTN.PNR=hr.PERS.PNR',
  ],
  ['Which suppliers can deliver a material?', 'LIEF', 'LIAR.LINR=LIEF.LINR', 'LIAR.ARTNR=ARTS.ARTNR'],
  [
    'people who were contacted in a marketing campaign',
    'crm.CMPGN',
    'crm.CMP_MBR.CMP_ID=crm.CMPGN.CMP_ID',
    'crm.CMP_MBR.CNTCT_ID=crm.CNTCT.CNTCT_ID',
  ],
  [
    'serial numbers under a service contract',
    'crm.SRV_CTR',
    'crm.CTR_EQP.CTR_ID=crm.SRV_CTR.CTR_ID',
    'crm.CTR_EQP.SNR=SERI.SNR',
  ],
  [
    'materials on the wish lists of the shop logins',
    'web.SHOP_USR',
    'web.WSHLST.SU_ID=web.SHOP_USR.SU_ID',
    'web.WSHLST.ARTNR=ARTS.ARTNR',
  ],
  [
    'In which sales orders was a discount code used?',
    'web.VCHR',
    'web.VCHR_USE.VC_ID=web.VCHR.VC_ID',
    'web.VCHR_USE.AUFNR=AUFK.AUFNR',
  ],
  [
    'Which open receivables were part of a dunning letter?',
    'fin.OPDE',
    'fin.MAPO.MHNR=fin.MAHN.MHNR',
    'fin.MAPO.OPNR=fin.OPDE.OPNR',
  ],
  [
    'incoming payments and the open items that they settle',
    'fin.ZAHL',
    'fin.ZAOP.ZANR=fin.ZAHL.ZANR',
    'fin.ZAOP.OPNR=fin.OPDE.OPNR',
  ],
  [
    'employees who work on the customer projects',
    'prj.PROJ',
    'prj.PJMA.PJNR=prj.PROJ.PJNR',
    'prj.PJMA.PNR=hr.PERS.PNR',
  ],
  ['Which delivery notes were on which delivery route?', 'TOUR', 'TRLF.TRNR=TOUR.TRNR', 'TRLF.LFSNR=LFSK.LFSNR'],
  [
    '¿Qué proveedores venden cada producto de la filial?',
    'es.PROVE',
    'es.PROVE_PROD.PROVE_ID=es.PROVE.PROVE_ID',
    'es.PROVE_PROD.PROD_ID=es.PROD.PROD_ID',
  ],
  [
    '¿Qué productos hay en cada almacén?',
    'es.PROD',
    'es.EXIST.ALM_ID=es.ALM.ALM_ID',
    'es.EXIST.PROD_ID=es.PROD.PROD_ID',
  ],
  [
    'measured values of the inspection characteristics in an inspection lot',
    'QPRU',
    'QMES.QPNR=QPRU.QPNR',
    'QMES.MMNR=QMRK.MMNR',
  ],
  ['materials that were counted in a stocktaking', 'INVK', 'INVP.INNR=INVK.INNR', 'INVP.ARTNR=ARTS.ARTNR'],
  [
    'materials in the shopping carts of the online shop',
    'web.CART',
    'web.CART_ITM.CRT_ID=web.CART.CRT_ID',
    'web.CART_ITM.ARTNR=ARTS.ARTNR',
  ],
  [
    'Which employee drives which company car of the fleet?',
    'FZST',
    'hr.DWAG.FZNR=FZST.FZNR',
    'hr.DWAG.PNR=hr.PERS.PNR',
  ],
  [
    'Which article number does the debtor use for our material?',
    'ARTS',
    'KDAR.KDNR=KDST.KDNR',
    'KDAR.ARTNR=ARTS.ARTNR',
  ],
];

/** Each with the column that has the value, and the spelling that a WHERE needs. */
const VALUES: readonly (readonly [ask: string, table: string, column: string, is: string])[] = [
  ['revenue with Nordwind Handels this year', 'KDST', 'KDST.NAME1', 'Nordwind Handels GmbH'],
  ['How much did alfreds futterkiste buy?', 'KDST', 'KDST.NAME1', 'Alfreds Futterkiste KG'],
  ['stornierte Aufträge im Juni', 'AUFK', 'AUST.BEZ', 'Storniert'],
  ['Umsatz mit dem Großhandel', 'KDGR', 'KDGR.BEZ', 'Großhandel'],
  ['articles made by Bosch Rexroth', 'HERS', 'HERS.NAME1', 'Bosch Rexroth'],
  ['deliveries that Kuehne + Nagel or Schenker carried', 'SPED', 'SPED.NAME1', 'Schenker'],
  ['Which customers pay by Nachnahme?', 'ZABE', 'ZABE.BEZ', 'Nachnahme'],
  ['offers refused with the reason "Preis zu hoch"', 'ANAB', 'ANAB.BEZ', 'Preis zu hoch'],
  ['returns because of Transportschaden', 'RTGD', 'RTGD.BEZ', 'Transportschaden'],
  ['Buchungen auf Erlöse Inland', 'fin.SKST', 'fin.SKST.BEZ', 'Erlöse Inland'],
  ['What is in stock at Zentrallager Kassel?', 'LAGO', 'LAGO.BEZ', 'Zentrallager Kassel'],
  ['downtime because of Werkzeugbruch', 'STOR', 'SOGD.BEZ', 'Werkzeugbruch'],
  ['Who is absent for Elternzeit?', 'hr.ABWE', 'hr.AWAR.BEZ', 'Elternzeit'],
  ['employees of the department Qualitaetssicherung', 'hr.ABTL', 'hr.ABTL.BEZ', 'Qualitätssicherung'],
  ['sales opportunities in Proposal Sent', 'crm.OPPTY', 'crm.OPP_STG.DSC', 'Proposal Sent'],
  ['support requests with production stopped', 'crm.TCKT', 'crm.TCK_PRTY.DSC', 'Production Stopped'],
  ['how often was BLACKWEEK redeemed', 'web.VCHR', 'web.VCHR.VC_TXT', 'BLACKWEEK'],
  ['pedidos de ferreteria hermanos ruiz', 'es.CLI_MAE', 'es.CLI_MAE.NOM', 'Ferretería Hermanos Ruiz'],
  ['journal entries of Kernholz Nordic', 'fin.BUKR', 'fin.BUKR.BEZ', 'Kernholz Nordic AS'],
  ['hours that the Spritzgussanlage Arburg stood still', 'MASC', 'MASC.BEZ', 'Spritzgussanlage Arburg'],
];

/** Several keys between two tables, keys of several columns, self joins, undeclared joins, several steps. */
const JOINS: readonly Line[] = [
  ['delivery address of each sales order', 'AUFK', 'AUFK.LADRNR=ADRS.ADRNR'],
  ['billing address of the sales orders', 'AUFK', 'AUFK.RADRNR=ADRS.ADRNR'],
  ['Which customer pays the bill of a sales order, if it is another one?', 'AUFK', 'AUFK.KDNR_RE=KDST.KDNR'],
  ['Wer ist der Vorgesetzte eines Mitarbeiters?', 'hr.PERS', 'hr.PERS.VGPNR=hr.PERS.PNR'],
  ['product group and the group above it', 'WGRP', 'WGRP.WGNR_UEB=WGRP.WGNR'],
  ['Which employee approved the purchase requisition of a department?', 'BANF', 'BANF.GENPNR=hr.PERS.PNR'],
  ['employee who released an incoming invoice for payment', 'fin.EREC', 'fin.EREC.FRGPNR=hr.PERS.PNR'],
  ['delivered quantity of each sales order line with its unit price', 'AUFP', 'LFSP.AUFNR,AUFPOS=AUFP.AUFNR,POSNR'],
  [
    'goods receipts compared with the promised delivery date of the purchase order line',
    'WEIN',
    'WEIN.BSTNR,POSNR=BSTP.BSTNR,POSNR',
  ],
  ['production orders for a sales order line with its unit price', 'FAUF', 'FAUF.AUFNR,AUFPOS=AUFP.AUFNR,POSNR'],
  [
    'debit and credit lines of the accounting documents',
    'fin.BUZE',
    'fin.BUZE.BUKR,BELNR,GJAHR=fin.BUKO.BUKR,BELNR,GJAHR',
  ],
  ['creditworthiness index of our debtors', 'KDBW', 'KDBW.KDNR_EXT=KDST.KDNR'],
  ['net requirements per material', 'DISP', 'DISP.MAT=ARTS.ARTNR'],
  ['How far do suppliers deviate from the promised date?', 'LIKO', 'LIKO.LIEFNR=LIEF.LINR'],
  ['accounts of the CRM with the credit limit of the debtor', 'crm.ACCT', 'crm.ACCT.ERP_KDNR=KDST.KDNR'],
  ['Which employees got a key issued?', 'hr.SPND', 'hr.SPND.PNR=hr.PERS.PNR'],
  ['page hits per shop login', 'web.PG_HIT', 'web.PG_HIT.SU_ID=web.SHOP_USR.SU_ID'],
  ['sales target and actual sales of each sales representative', 'UMSZ', 'UMSZ.VTNR=VTRT.VTNR'],
  ['In which country are our customers?', 'LAND', 'KDST.ADRNR=ADRS.ADRNR', 'ADRS.LKZ=LAND.LKZ'],
  [
    'industry of the customers with the most returns',
    'BRAN',
    'RETK.LFSNR=LFSK.LFSNR',
    'LFSK.AUFNR=AUFK.AUFNR',
    'AUFK.KDNR=KDST.KDNR',
    'KDST.BRNR=BRAN.BRNR',
  ],
];

export const QUESTIONS: readonly ErpQuestion[] = [
  ...[...SIMPLE, ...BRIDGES, ...JOINS].map(([ask, table, ...join]) => ({
    ask,
    table: full(table),
    ...(join.length === 0 ? {} : { join: join.map(step => step.split('=').map(full).join('=')) }),
  })),
  ...VALUES.map(([ask, table, column, is]) => ({ ask, table: full(table), value: { column: full(column), is } })),
];

export const COUNTS = { bridges: BRIDGES.length, values: VALUES.length };

/** Adds the schema dbo to `TABLE` and `TABLE.COLUMN`. */
function full(name: string): string {
  return /^[a-z]/.test(name) ? name : `dbo.${name}`;
}
