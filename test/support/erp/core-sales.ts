/** Master data, sales and logistics of the generated ERP. erp-model.ts says how the lines are read. */
export const SALES = `
dbo.LAND 12 'Länderschlüssel'
LKZ char(2) pk; BEZ nvarchar(40); EUKZ bit
= DE|Deutschland|1 = AT|Österreich|1 = CH|Schweiz|0 = ES|Spanien|1 = FR|Frankreich|1 = PT|Portugal|1 = PL|Polen|1 = US|Vereinigte Staaten|0 = NO|Norwegen|0 = NL|Niederlande|1 = TR|Türkei|0 = CN|China|0
dbo.WAEH 5
WKZ char(3) pk; BEZ nvarchar(40)
= EUR|Euro = USD|US-Dollar = CHF|Schweizer Franken = NOK|Norwegische Krone = CNY|Yuan Renminbi
dbo.REGI 6
REGNR int pk; BEZ nvarchar(40)
= 1|Bayern = 2|Hessen = 3|Katalonien = 4|Andalusien = 5|Tirol = 6|Normandie
dbo.ZABE 6 'Zahlungsbedingungen'
ZBKZ char(4) pk; BEZ nvarchar(60); TAGE int; SKTPRZ decimal(5,2)
= Z030|30 Tage netto|30|0 = Z014|14 Tage 2 % Skonto|14|2 = Z000|Sofort ohne Abzug|0|0 = Z060|60 Tage netto|60|0 = VORK|Vorkasse|0|0 = NACH|Nachnahme|0|0
dbo.LIBE 4
LBKZ char(3) pk; BEZ nvarchar(60)
= EXW|Ab Werk = DAP|Geliefert benannter Ort = FCA|Frei Frachtführer = CIF|Kosten Versicherung Fracht
dbo.KDGR 6
KGNR int pk; BEZ nvarchar(40)
= 1|Großhandel = 2|Einzelhandel = 3|Handwerk = 4|Industrie = 5|Behörden = 6|Onlinehandel
dbo.BRAN 7
BRNR int pk; BEZ nvarchar(40)
= 1|Maschinenbau = 2|Lebensmittel = 3|Chemie = 4|Automobil = 5|Bauwesen = 6|Gastronomie = 7|Pharma
dbo.VTRT 140 'Außendienst und Handelsvertreter'
VTNR int pk; NAME1 nvarchar(60); PROVPRZ decimal(5,2); VTNR_LTG int null >VTRT role 'Vertriebsleiter'; GBNR int null >GEBI
dbo.GEBI 22
GBNR int pk; BEZ nvarchar(40)
= 1|Nord = 2|Süd = 3|Ost = 4|West = 5|Export Übersee
dbo.ADRS 61000 'Anschriften aller Geschäftspartner'
ADRNR int pk; NAME1 nvarchar(60); STRAS nvarchar(60); PLZ varchar(10); ORT nvarchar(40); LKZ char(2) >LAND; REGNR int null >REGI
dbo.KDST 18400 'Debitorenstamm'
KDNR int pk; MATCHC nvarchar(20); NAME1 nvarchar(60); ADRNR int >ADRS; KGNR int null >KDGR; BRNR int null >BRAN; ZBKZ char(4) >ZABE; VTNR int null >VTRT; KRLIM decimal(14,2) 'Kreditlimit'; SPKZ char(1) >KDSP; USTID varchar(20)
= 10001|NORDWIND|Nordwind Handels GmbH|1|1|2|Z030|3|50000|0|DE811 = 10002|ALFKI|Alfreds Futterkiste KG|2|2|2|Z014|3|20000|0|DE812 = 10003|BERGER|Bergmann Anlagenbau AG|3|4|1|Z060|4|90000|1|DE813 = 10004|COMERC|Comercial Ibérica S.A.|4|1|2|Z030|5|30000|0|ES814 = 10005|FJORD|Fjordkraft Marine AS|5|4|3|Z030|5|70000|0|NO815
dbo.KDSP 3
SPKZ char(1) pk; BEZ nvarchar(40)
= 0|Frei = 1|Liefersperre = 2|Totalsperre
dbo.KDAP 33000
APNR int pk; KDNR int >KDST; VNAM nvarchar(40); NNAM nvarchar(40); FKTN nvarchar(40) 'Funktion des Ansprechpartners'; TELNR varchar(30); MAIL varchar(100)
dbo.AUFK 412000 'Kundenaufträge, Kopfdaten'
AUFNR int pk; KDNR int >KDST; KDNR_RE int >KDST role; LADRNR int >ADRS role; RADRNR int >ADRS role; AUFDAT date; WULDAT date null 'Wunschliefertermin'; STKZ char(2) >AUST; VTNR int null >VTRT; LBKZ char(3) null >LIBE; WKZ char(3) >WAEH; NETTO decimal(14,2)
dbo.AUST 6
STKZ char(2) pk; BEZ nvarchar(40)
= AN|Angelegt = FR|Freigegeben = TG|Teilgeliefert = EL|Erledigt = ST|Storniert = KS|Kreditgesperrt
dbo.AUFP 1900000
AUFNR int pk >AUFK; POSNR int pk; ARTNR varchar(18) >ARTS; MNG decimal(12,3); EPRS decimal(12,4) 'Einzelpreis'; RABPRZ decimal(5,2); STKZ char(2) >AUST
dbo.ANGK 96000 'Offerten an Interessenten und Bestandskunden'
ANGNR int pk; KDNR int >KDST; ANGDAT date; GUEBIS date; WAHRS int 'Auftragswahrscheinlichkeit in Prozent'; ABGR char(2) null >ANAB
dbo.ANAB 5
ABGR char(2) pk; BEZ nvarchar(40)
= PR|Preis zu hoch = LZ|Lieferzeit zu lang = WB|An Wettbewerb verloren = KB|Kein Bedarf = TE|Technisch nicht passend
dbo.ANGP 350000
ANGNR int pk >ANGK; POSNR int pk; ARTNR varchar(18) >ARTS; MNG decimal(12,3); EPRS decimal(12,4)
dbo.LFSK 388000 'Lieferscheine'
LFSNR int pk; AUFNR int >AUFK; ADRNR int >ADRS; LFDAT date; SPDNR int null >SPED; SENDNR varchar(40) 'Sendungsverfolgung'
dbo.LFSP 1850000
LFSNR int pk >LFSK; POSNR int pk; AUFNR int; AUFPOS int; MNG decimal(12,3); CHNR varchar(20) null; (AUFNR,AUFPOS)>AUFP(AUFNR,POSNR)
dbo.SPED 34 'Frachtführer'
SPDNR int pk; NAME1 nvarchar(60); TELNR varchar(30)
= 1|Dachser = 2|Schenker = 3|Raben Trans European = 4|Kühne + Nagel = 5|Transportes Azkar
dbo.TOUR 9100 'Auslieferungsrouten je Tag'
TRNR int pk; TRDAT date; FZNR int >FZST; FAHR int null >hr.PERS
dbo.TRLF 160000
TRNR int pk >TOUR; LFSNR int pk >LFSK; FOLGE int
dbo.REKO 401000 'Ausgangsrechnungen'
RENR int pk; KDNR int >KDST; AUFNR int null >AUFK; REDAT date; FAEDAT date; BRUTTO decimal(14,2); ZBKZ char(4) >ZABE; MAHNST int
dbo.REPO 1880000
RENR int pk >REKO; POSNR int pk; ARTNR varchar(18) >ARTS; MNG decimal(12,3); NETTO decimal(14,2); MWKZ char(1) >MWST
dbo.MWST 3
MWKZ char(1) pk; BEZ nvarchar(40); SATZ decimal(5,2)
= N|Regelsatz|19 = E|Ermäßigt|7 = F|Steuerfrei|0
dbo.GUTS 27000 'Gutschriften an Debitoren'
GUNR int pk; RENR int >REKO; GRKZ char(2) >GUGR; GUDAT date; BETR decimal(14,2)
dbo.GUGR 4
GRKZ char(2) pk; BEZ nvarchar(40)
= QM|Qualitätsmangel = FL|Falschlieferung = PD|Preisdifferenz = KU|Kulanz
dbo.RETK 15200
RTNR int pk; LFSNR int >LFSK; RTDAT date; RTGR char(2) >RTGD
dbo.RTGD 4 'Gründe für Rücksendungen'
RTGR char(2) pk; BEZ nvarchar(40)
= DF|Defekt = FG|Falsche Größe = TS|Transportschaden = NG|Nicht gefallen
dbo.PRLK 210
PLNR int pk; BEZ nvarchar(60); GABDAT date; WKZ char(3) >WAEH
= 1|Standard Inland|2026-01-01|EUR = 2|Aktion Frühjahr|2026-03-01|EUR = 3|Export Schweiz|2026-01-01|CHF
dbo.PRLP 740000 'Verkaufspreise je Artikel und Liste'
PLNR int pk >PRLK; ARTNR varchar(18) pk >ARTS; ABMNG decimal(12,3) pk; PRS decimal(12,4)
dbo.KDPL 20100
KDNR int pk >KDST; PLNR int pk >PRLK; PRIO int
dbo.RABS 5600 'Rabattstaffeln'
RSNR int pk; KGNR int null >KDGR; WGNR int null >WGRP; ABMNG decimal(12,3); RABPRZ decimal(5,2)
dbo.PROV 88000
PVNR int pk; VTNR int >VTRT; RENR int >REKO; BETR decimal(12,2) 'Vergütung des Vertreters'
dbo.RAHM 3100 'Abrufaufträge über längere Laufzeit'
RVNR int pk; KDNR int >KDST; VONDAT date; BISDAT date; ZIELMNG decimal(14,3)
dbo.KDAR 52000
KDNR int pk >KDST; ARTNR varchar(18) pk >ARTS; KDARTNR varchar(30) 'Artikelnummer des Kunden'
dbo.FZST 85 'Fuhrpark'
FZNR int pk; KENNZ varchar(12); FZART char(1); TUEVDAT date 'nächste Hauptuntersuchung'; KMSTD int
dbo.TANK 41000
TKNR int pk; FZNR int >FZST; TKDAT date; LITER decimal(8,2); BETR decimal(10,2)
dbo.UMSZ 260000
VTNR int pk; MONAT int pk; SOLL decimal(14,2) 'Umsatzziel'; IST decimal(14,2)
query SELECT t.BEZ, SUM(u.SOLL) FROM UMSZ u JOIN VTRT v ON u.VTNR = v.VTNR JOIN GEBI t ON t.GBNR = v.GBNR GROUP BY t.BEZ
dbo.KDBW 14000 'Bonität von Auskunfteien'
BWNR int pk; KDNR_EXT int; BWDAT date; IDX int 'Bonitätsindex'
query SELECT k.NAME1, b.IDX FROM KDBW b INNER JOIN KDST k ON k.KDNR = b.KDNR_EXT WHERE b.IDX > 300
`;
