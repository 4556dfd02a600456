/** The Spanish subsidiary, and the newer applications that were written in English, of the generated ERP. */
export const ABROAD = `
es.CLI_MAE 3100 'Maestro de clientes de la filial'
CLI_ID int pk; NOM nvarchar(80); NIF varchar(12); DIR_ID int >es.DIR; TAR_ID int null >es.TARF
= 1|Ferretería Hermanos Ruiz|B12|1|1 = 2|Suministros Levante|B34|2|1 = 3|Bricolaje del Norte|B56|3|2
es.DIR 5200
DIR_ID int pk; CALLE nvarchar(80); CP varchar(8); POBL nvarchar(40); PROV char(2) >es.PROVI
es.PROVI 5
PROV char(2) pk; NOM nvarchar(40)
= 08|Barcelona = 28|Madrid = 41|Sevilla = 46|Valencia = 48|Vizcaya
es.TARF 3
TAR_ID int pk; NOM nvarchar(40)
= 1|Tarifa mayorista = 2|Tarifa minorista = 3|Tarifa empleados
es.PED_CAB 61000 'Pedidos de la filial'
PED_ID int pk; CLI_ID int >es.CLI_MAE; F_PED date; EST char(1) >es.EST_PED; DIR_ENV int >es.DIR role; DIR_FAC int >es.DIR role
es.EST_PED 4
EST char(1) pk; NOM nvarchar(40)
= P|Pendiente = E|Enviado = A|Anulado = C|Cobrado
es.PED_LIN 240000
PED_ID int pk >es.PED_CAB; LIN int pk; PROD_ID int >es.PROD; CANT decimal(12,3); PVP decimal(12,4)
es.PROD 8800 'Productos'
PROD_ID int pk; NOM nvarchar(80); FAM_ID int >es.FAM
es.FAM 4
FAM_ID int pk; NOM nvarchar(40)
= 1|Herramienta manual = 2|Jardinería = 3|Pinturas = 4|Fontanería
es.ALM 3
ALM_ID int pk; NOM nvarchar(40)
= 1|Nave Zaragoza = 2|Depósito Valencia = 3|Tienda Sevilla
es.EXIST 26000
ALM_ID int pk >es.ALM; PROD_ID int pk >es.PROD; CANT decimal(14,3)
es.FAC_CAB 58000 'Facturas emitidas'
FAC_ID int pk; PED_ID int >es.PED_CAB; F_FAC date; IMP decimal(14,2); IVA decimal(14,2)
es.PROVE 620 'Proveedores'
PROVE_ID int pk; NOM nvarchar(80)
= 1|Aceros Bilbao = 2|Plásticos Turia
es.COMP 14000 'Compras a proveedores'
COMP_ID int pk; PROVE_ID int >es.PROVE; F_COMP date; IMP decimal(14,2)
es.PROVE_PROD 9100
PROVE_ID int pk >es.PROVE; PROD_ID int pk >es.PROD; COSTE decimal(12,4)
crm.ACCT 26000
ACCT_ID int pk; NM nvarchar(100); OWNR_USR_ID int >crm.USR; ERP_KDNR int null
query SELECT a.NM, k.KRLIM FROM crm.ACCT a JOIN dbo.KDST k ON a.ERP_KDNR = k.KDNR
crm.USR 410
USR_ID int pk; LOGIN_NM varchar(60); MGR_USR_ID int null >crm.USR role
crm.CNTCT 71000 'People at the companies we talk to'
CNTCT_ID int pk; ACCT_ID int >crm.ACCT; FNM nvarchar(40); LNM nvarchar(40); OPT_OUT bit 'refuses newsletters'
crm.OPPTY 33000
OPP_ID int pk; ACCT_ID int >crm.ACCT; STG_CD char(2) >crm.OPP_STG; EST_AMT decimal(14,2); CLS_DT date; OWNR_USR_ID int >crm.USR
crm.OPP_STG 5
STG_CD char(2) pk; DSC nvarchar(40)
= 10|Qualification = 20|Needs Analysis = 30|Proposal Sent = 40|Closed Won = 50|Closed Lost
crm.ACTVT 540000 'Calls, visits and e-mails with a company'
ACT_ID int pk; ACCT_ID int >crm.ACCT; USR_ID int >crm.USR; ACT_TYP char(1) >crm.ACT_TYP; ACT_DT datetime2(0)
crm.ACT_TYP 4
ACT_TYP char(1) pk; DSC nvarchar(40)
= C|Phone Call = V|On-site Visit = M|E-mail = W|Web Meeting
crm.CMPGN 180
CMP_ID int pk; NM nvarchar(100); BDGT_AMT decimal(12,2); STRT_DT date
= 1|Spring Fastener Fair|12000|2026-03-01 = 2|Cordless Drill Trade-In|8000|2026-05-01 = 3|Safety First Mailing|5000|2026-09-01
crm.CMP_MBR 96000
CMP_ID int pk >crm.CMPGN; CNTCT_ID int pk >crm.CNTCT; RSP_FLG bit 'answered the mailing'
crm.TCKT 88000 'Support requests'
TCK_ID int pk; CNTCT_ID int >crm.CNTCT; SNR varchar(30) null >SERI; PRTY_CD char(1) >crm.TCK_PRTY; OPN_DT datetime2(0); CLSD_DT datetime2(0) null
crm.TCK_PRTY 3
PRTY_CD char(1) pk; DSC nvarchar(40)
= 1|Production Stopped = 2|Impaired Operation = 3|Cosmetic Issue
crm.SRV_CTR 2100 'Maintenance agreements sold'
CTR_ID int pk; ACCT_ID int >crm.ACCT; STRT_DT date; END_DT date; SLA_HRS int
crm.CTR_EQP 7400
CTR_ID int pk >crm.SRV_CTR; SNR varchar(30) pk >SERI
crm.TECH_VST 15000
VST_ID int pk; TCK_ID int >crm.TCKT; PNR int >hr.PERS; VST_DT date; TRVL_KM int
web.SHOP_USR 44000 'Shop logins'
SU_ID int pk; KDNR int null >KDST; EML varchar(120); LST_LGN datetime2(0)
web.CART 310000
CRT_ID int pk; SU_ID int >web.SHOP_USR; UPD_TS datetime2(0); ORD_AUFNR int null >AUFK 'set once it was bought'
web.CART_ITM 900000
CRT_ID int pk >web.CART; ARTNR varchar(18) pk >ARTS; QTY decimal(12,3)
web.RVW 23000 'Ratings by shoppers'
RVW_ID int pk; ARTNR varchar(18) >ARTS; SU_ID int >web.SHOP_USR; STARS int; TXT nvarchar(1000)
web.WSHLST 12000
SU_ID int pk >web.SHOP_USR; ARTNR varchar(18) pk >ARTS
web.VCHR 3300 'Discount codes'
VC_ID int pk; VC_TXT varchar(20); VLD_TO date; PCT decimal(5,2)
= 1|WELCOME10|2026-12-31|10 = 2|SUMMERSALE|2026-08-31|15 = 3|BLACKWEEK|2026-11-30|25
web.VCHR_USE 41000
VC_ID int pk >web.VCHR; AUFNR int pk >AUFK
web.PG_HIT 9100000
HIT_ID bigint pk; SU_ID int null; URL varchar(300); HIT_TS datetime2(3)
query SELECT h.URL, u.EML FROM web.PG_HIT AS h JOIN web.SHOP_USR AS u ON u.SU_ID = h.SU_ID
prj.PROJ 1500 'Kundenprojekte'
PJNR int pk; BEZ nvarchar(80); KDNR int >KDST; LTGPNR int >hr.PERS role; BGNDAT date; ENDDAT date null; PHKZ char(1) >prj.PHAS
prj.PHAS 4
PHKZ char(1) pk; BEZ nvarchar(40)
= K|Konzept = U|Umsetzung = I|Inbetriebnahme = X|Abgebrochen
prj.PJMA 8800
PJNR int pk >prj.PROJ; PNR int pk >hr.PERS; ROLLE nvarchar(40)
prj.STDN 410000 'Stundenaufschreibung'
SDNR int pk; PJNR int >prj.PROJ; PNR int >hr.PERS; TAG date; STD decimal(5,2)
prj.MEIL 6100
MSNR int pk; PJNR int >prj.PROJ; BEZ nvarchar(80); PLANDAT date 'Meilenstein'
`;
