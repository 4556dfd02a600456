/** Articles, stock, purchasing, production, quality and maintenance of the generated ERP. */
export const SUPPLY = `
dbo.WGRP 9 'Warengruppen'
WGNR int pk; BEZ nvarchar(40); WGNR_UEB int null >WGRP role 'übergeordnete Gruppe'
= 1|Befestigungstechnik| = 2|Schrauben|1 = 3|Dübel|1 = 4|Elektrowerkzeuge| = 5|Akkuschrauber|4 = 6|Schmierstoffe| = 7|Arbeitsschutz| = 8|Handschuhe|7 = 9|Schutzbrillen|7
dbo.EINH 5
MEKZ char(3) pk; BEZ nvarchar(40)
= STK|Stück = KGM|Kilogramm = LTR|Liter = MTR|Meter = PAL|Palette
dbo.ARTS 74000 'Materialstamm'
ARTNR varchar(18) pk; BEZ1 nvarchar(60); BEZ2 nvarchar(60); WGNR int >WGRP; MEKZ char(3) >EINH; GEWKG decimal(10,3); MINBST decimal(12,3) 'Meldebestand'; AUSLKZ char(1) 'Auslaufartikel'; HLTNR int null >HERS; EAN varchar(14)
dbo.HERS 410 'Markenhersteller'
HLTNR int pk; NAME1 nvarchar(60)
= 1|Würth = 2|Makita = 3|Bosch Rexroth = 4|Hilti = 5|Castrol
dbo.ARTX 290000
ARTNR varchar(18) pk >ARTS; SPR char(2) pk; LTXT nvarchar(max)
dbo.ARBI 51000
BINR int pk; ARTNR varchar(18) >ARTS; DATEI varchar(200) 'Foto'
dbo.ARZU 32000
ARTNR varchar(18) pk >ARTS role; ARTNR_ZU varchar(18) pk >ARTS role; ZUART char(1) >ZUAR
dbo.ZUAR 3
ZUART char(1) pk; BEZ nvarchar(40)
= E|Ersatzteil = Z|Zubehör = N|Nachfolger
dbo.LIEF 2900 'Kreditorenstamm'
LINR int pk; NAME1 nvarchar(60); ADRNR int >ADRS; ZBKZ char(4) >ZABE; BEWNOT decimal(3,1) 'Bewertungsnote'; FREIKZ char(1)
= 70001|Stahlwerke Ruhr AG|1|Z030|1.8|J = 70002|Kunststoff Meier OHG|2|Z014|2.4|J = 70003|Tornillería Vasca S.L.|3|Z060|3.1|N
dbo.LIAR 121000
LINR int pk >LIEF; ARTNR varchar(18) pk >ARTS; EKPRS decimal(12,4) 'Einkaufspreis'; WBZ int 'Wiederbeschaffungszeit in Tagen'; HAUPTKZ bit
dbo.BSTK 91000 'Bestellungen'
BSTNR int pk; LINR int >LIEF; BSTDAT date; LIEFADR int null >ADRS; STKZ char(1) >BSST; EKGR int null >EKGR
dbo.BSST 4
STKZ char(1) pk; BEZ nvarchar(40)
= O|Offen = B|Bestätigt = T|Teilweise eingegangen = G|Geschlossen
dbo.EKGR 6
EKGR int pk; BEZ nvarchar(40)
= 1|Rohmaterial = 2|Handelsware = 3|Investitionsgüter = 4|Dienstleistungen = 5|Büromaterial = 6|Verpackung
dbo.BSTP 640000
BSTNR int pk >BSTK; POSNR int pk; ARTNR varchar(18) >ARTS; MNG decimal(12,3); PRS decimal(12,4); LTERM date 'zugesagter Liefertermin'
dbo.WEIN 580000 'Wareneingänge'
WENR int pk; BSTNR int; POSNR int; WEDAT date; MNG decimal(12,3); LPNR int >LPLZ; (BSTNR,POSNR)>BSTP(BSTNR,POSNR)
dbo.BANF 47000 'Bedarfsmeldungen der Abteilungen'
BANR int pk; ARTNR varchar(18) null >ARTS; ANFPNR int >hr.PERS role; GENPNR int null >hr.PERS role; MNG decimal(12,3); BEDDAT date
dbo.LAGO 14
LGNR int pk; BEZ nvarchar(40); ADRNR int null >ADRS
= 1|Zentrallager Kassel = 2|Außenlager Linz = 3|Hochregallager = 4|Sperrlager = 5|Konsignationslager Fjordkraft
dbo.LPLZ 26000 'Lagerplätze'
LPNR int pk; LGNR int >LAGO; GANG varchar(4); REGAL varchar(4); FACH varchar(4); MAXKG decimal(10,2)
dbo.BEST 143000
ARTNR varchar(18) pk >ARTS; LPNR int pk >LPLZ; BSTMNG decimal(14,3) 'verfügbare Menge'; RESMNG decimal(14,3); INVDAT date null
dbo.LBEW 5200000 'Materialbewegungen'
BWNR bigint pk; ARTNR varchar(18) >ARTS; LPNR_VON int null >LPLZ role; LPNR_NACH int null >LPLZ role; BWART char(3) >BWAR; MNG decimal(12,3); BWDAT datetime2(0)
dbo.BWAR 5
BWART char(3) pk; BEZ nvarchar(40)
= 101|Zugang Bestellung = 201|Entnahme Kostenstelle = 261|Verbrauch Fertigung = 311|Umlagerung = 551|Verschrottung
dbo.CHAR 118000 'Chargen'
CHNR varchar(20) pk; ARTNR varchar(18) >ARTS; HERDAT date; MHD date 'Verfallsdatum'
dbo.SERI 64000
SNR varchar(30) pk; ARTNR varchar(18) >ARTS; KDNR int null >KDST; GARBIS date 'Gewährleistung bis'
dbo.INVK 1200 'Zählungen zur Bestandsaufnahme'
INNR int pk; LGNR int >LAGO; INDAT date
dbo.INVP 260000
INNR int pk >INVK; ARTNR varchar(18) pk >ARTS; SOLLM decimal(14,3); ISTM decimal(14,3)
dbo.STLK 23000 'Stücklisten'
STNR int pk; ARTNR varchar(18) >ARTS; GUEAB date
dbo.STLP 310000
STNR int pk >STLK; POSNR int pk; ARTNR_K varchar(18) >ARTS 'Komponente'; MNG decimal(12,4)
dbo.APLK 21000 'Arbeitspläne'
APNR int pk; ARTNR varchar(18) >ARTS
dbo.APLG 120000
APNR int pk >APLK; AGNR int pk; MANR int >MASC; RUEST decimal(8,2) 'Rüstzeit'; STZEIT decimal(8,4)
dbo.MASC 260
MANR int pk; BEZ nvarchar(60); KSTNR int >fin.KSTL; BAUJ int
= 1|CNC Fräszentrum Hermle|4711|2019 = 2|Spritzgussanlage Arburg|4711|2015 = 3|Laserschneider Trumpf|4712|2021 = 4|Pulverbeschichtung|4713|2012
dbo.FAUF 84000 'Fertigungsaufträge'
FANR int pk; ARTNR varchar(18) >ARTS; STNR int >STLK; AUFNR int null; AUFPOS int null; SMNG decimal(12,3); GMNG decimal(12,3); AUSMNG decimal(12,3) 'Ausschuss'; ENDDAT date; (AUFNR,AUFPOS)>AUFP(AUFNR,POSNR)
dbo.RMLD 930000
RMNR int pk; FANR int >FAUF; AGNR int; PNR int >hr.PERS; MANR int >MASC; VON datetime2(0); BIS datetime2(0)
dbo.STOR 17000 'Stillstände'
SONR int pk; MANR int >MASC; SOGR char(2) >SOGD; VON datetime2(0); DAUMIN int
dbo.SOGD 5
SOGR char(2) pk; BEZ nvarchar(40)
= WZ|Werkzeugbruch = MA|Materialmangel = EN|Energieausfall = PE|Personalmangel = SW|Softwarefehler
dbo.WART 8700 'vorbeugende Instandhaltung'
WANR int pk; MANR int >MASC; FAELDAT date; ERLDAT date null; PNR int null >hr.PERS
dbo.WZEU 5400
WZNR int pk; BEZ nvarchar(60); STAND int 'Standzeit'
dbo.WZMA 9800
WZNR int pk >WZEU; MANR int pk >MASC; PLATZ int
dbo.QPRU 76000 'Prüflose'
QPNR int pk; ARTNR varchar(18) >ARTS; CHNR varchar(20) null >CHAR; ENTSCH char(1) >QENT; PRUEFER int >hr.PERS
dbo.QENT 3
ENTSCH char(1) pk; BEZ nvarchar(40)
= A|Angenommen = R|Zurückgewiesen = S|Angenommen unter Vorbehalt
dbo.QMES 1400000
QPNR int pk >QPRU; MMNR int pk >QMRK; WERT decimal(14,6)
dbo.QMRK 3200 'Prüfmerkmale mit Toleranzen'
MMNR int pk; BEZ nvarchar(60); UTOL decimal(14,6); OTOL decimal(14,6)
dbo.REKL 9900 'Beanstandungen'
RKNR int pk; KDNR int null >KDST; LINR int null >LIEF; ARTNR varchar(18) >ARTS; FEHL char(3) >FEHL; MELDAT date; KOSTEN decimal(12,2)
dbo.FEHL 5
FEHL char(3) pk; BEZ nvarchar(40)
= OBF|Oberflächenfehler = MAS|Maßabweichung = BRU|Bruch = KOR|Korrosion = VER|Verpackungsschaden
dbo.MNAH 4300
MNNR int pk; RKNR int >REKL; PNR int >hr.PERS; TEXT nvarchar(200) 'Korrekturmaßnahme'; BISDAT date
dbo.ZERT 1900 'Zeugnisse und Zulassungen'
ZTNR int pk; LINR int >LIEF; NORM varchar(30); ABLDAT date
= 1|70001|ISO 9001|2027-05-31 = 2|70002|IATF 16949|2026-12-31 = 3|70003|ISO 14001|2026-02-28
dbo.GEFA 640 'Gefahrstoffe'
GFNR int pk; ARTNR varchar(18) >ARTS; UNNR char(4); SDB varchar(200) 'Sicherheitsdatenblatt'
dbo.ENZL 220
EZNR int pk; BEZ nvarchar(60); MANR int null >MASC
= 1|Stromzähler Halle 3| = 2|Gaszähler Lackiererei| = 3|Wasserzähler Verwaltung|
dbo.ENAB 1900000 'Ablesungen'
EZNR int pk >ENZL; ZEIT datetime2(0) pk; STAND decimal(14,3)
dbo.DISP 190000
DPNR int pk; MAT varchar(18); BEDDAT date; BEDMNG decimal(14,3) 'Nettobedarf'
query SELECT d.BEDDAT, a.BEZ1 FROM DISP AS d JOIN ARTS AS a ON a.ARTNR = d.MAT
dbo.LIKO 27000
KONR int pk; LIEFNR int; KODAT date; ABWTG int 'Abweichung vom zugesagten Termin in Tagen'
query SELECT l.NAME1, AVG(x.ABWTG) FROM LIEF l JOIN LIKO x ON x.LIEFNR = l.LINR GROUP BY l.NAME1
`;
