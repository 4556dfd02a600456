/** Finance and personnel of the generated ERP. */
export const PEOPLE = `
fin.KSTL 340 'Kostenstellen'
KSTNR int pk; BEZ nvarchar(60); KSTNR_UEB int null >fin.KSTL role; LTGPNR int null >hr.PERS role
= 4711|Mechanische Fertigung||17 = 4712|Blechbearbeitung||18 = 4713|Oberflächentechnik||19 = 4800|Werksfeuerwehr||20 = 4900|Kantine||21
fin.SKST 1400 'Kontenplan'
KTNR int pk; BEZ nvarchar(60); KTART char(1) >fin.KTAR
= 4400|Erlöse Inland|E = 6300|Mietaufwand|A = 6805|Telefonkosten|A = 1800|Bankguthaben|B
fin.KTAR 3
KTART char(1) pk; BEZ nvarchar(40)
= E|Ertragskonto = A|Aufwandskonto = B|Bilanzkonto
fin.BUKO 2300000 'Buchungsbelege'
BUKR int pk >fin.BUKR; BELNR int pk; GJAHR int pk; BELDAT date; ERFPNR int >hr.PERS; BLART char(2) >fin.BLAR
fin.BLAR 4
BLART char(2) pk; BEZ nvarchar(40)
= KR|Eingangsrechnung = DR|Ausgangsrechnung = ZA|Zahlungsausgang = AB|Abschlussbuchung
fin.BUZE 8100000
BUKR int pk; BELNR int pk; GJAHR int pk; ZEILE int pk; KTNR int >fin.SKST; KSTNR int null >fin.KSTL; SHKZ char(1) 'Soll oder Haben'; BETR decimal(16,2); (BUKR,BELNR,GJAHR)>fin.BUKO(BUKR,BELNR,GJAHR)
fin.BUKR 4
BUKR int pk; BEZ nvarchar(60)
= 100|Kernholz Werkzeuge GmbH = 200|Kernholz Ibérica S.L. = 300|Kernholz Nordic AS = 400|Kernholz Immobilien KG
fin.OPDE 38000 'offene Posten Debitoren'
OPNR int pk; KDNR int >KDST; RENR int >REKO; RESTB decimal(14,2); FAEDAT date; MAHNST int
fin.MAHN 52000
MHNR int pk; KDNR int >KDST; MHDAT date; STUFE int 'Mahnstufe'; GEB decimal(8,2)
fin.MAPO 91000
MHNR int pk >fin.MAHN; OPNR int pk >fin.OPDE
fin.ZAHL 610000 'Zahlungseingänge'
ZANR int pk; KDNR int null >KDST; BKNR int >fin.BANK; VALDAT date; BETR decimal(14,2)
fin.ZAOP 640000
ZANR int pk >fin.ZAHL; OPNR int pk >fin.OPDE; TEILB decimal(14,2)
fin.BANK 18
BKNR int pk; IBAN varchar(34); BIC varchar(11); NAME1 nvarchar(60)
= 1|DE02|COBADEFF|Commerzbank Hausbank = 2|ES91|BBVAESMM|BBVA Pagos = 3|NO93|DNBANOKK|DNB Oslo
fin.EREC 188000 'Eingangsrechnungen'
ERNR int pk; LINR int >LIEF; BSTNR int null >BSTK; ERDAT date; BRUTTO decimal(14,2); FRGPNR int null >hr.PERS role; ZSPKZ char(1) 'Zahlsperre'
fin.ANLA 6700 'Anlagevermögen'
ANNR int pk; BEZ nvarchar(60); KSTNR int >fin.KSTL; AKWERT decimal(14,2) 'Anschaffungswert'; NDJ int 'Nutzungsdauer'; MANR int null >MASC
fin.AFAB 510000
ANNR int pk >fin.ANLA; GJAHR int pk; PER int pk; BETR decimal(14,2) 'Abschreibung'
fin.BUDG 44000
KSTNR int pk >fin.KSTL; KTNR int pk >fin.SKST; GJAHR int pk; PLANB decimal(14,2) 'Planwert'
fin.KURS 61000 'Devisenkurse'
WKZ char(3) pk >WAEH; KDAT date pk; KURS decimal(14,6)
fin.REIS 12800 'Spesenabrechnungen'
RKNR int pk; PNR int >hr.PERS; ZIEL nvarchar(60); VON date; BIS date; BETR decimal(10,2); GENPNR int null >hr.PERS role
fin.LEAS 240 'Miet- und Leasingverträge'
LVNR int pk; GEGST nvarchar(60); RATE decimal(12,2); ENDDAT date; LINR int >LIEF
fin.VERS 90
VSNR int pk; SPARTE char(2) >fin.VSSP; GESELL nvarchar(60); PRAEM decimal(12,2) 'Jahresprämie'
fin.VSSP 4 'Versicherungssparten'
SPARTE char(2) pk; BEZ nvarchar(40)
= HP|Betriebshaftpflicht = FE|Feuer = TR|Transport = CY|Cyberrisiken
hr.PERS 3900 'Personalstamm'
PNR int pk; NNAM nvarchar(40); VNAM nvarchar(40); GEBDAT date; EINTDAT date 'Eintritt'; AUSTDAT date null; ABTNR int >hr.ABTL; VGPNR int null >hr.PERS role 'Vorgesetzter'; PLANST int null >hr.PLST; BGKZ char(2) >hr.BGRP
hr.ABTL 74
ABTNR int pk; BEZ nvarchar(60); LTGPNR int null role; KSTNR int >fin.KSTL
= 1|Vertrieb Innendienst|17|4711 = 2|Konstruktion|18|4712 = 3|Arbeitsvorbereitung|19|4713 = 4|Lohnbüro|20|4800 = 5|Qualitätssicherung|21|4900
hr.PLST 2600 'Planstellen'
PLANST int pk; BEZ nvarchar(60); ABTNR int >hr.ABTL; SOLLH decimal(5,2)
hr.BGRP 3
BGKZ char(2) pk; BEZ nvarchar(40)
= AZ|Auszubildende = AN|Angestellte = GW|Gewerbliche
hr.ABWE 310000 'Fehlzeiten'
AWNR int pk; PNR int >hr.PERS; AWART char(2) >hr.AWAR; VON date; BIS date
hr.AWAR 5
AWART char(2) pk; BEZ nvarchar(40)
= UR|Erholungsurlaub = KR|Krankheit = EZ|Elternzeit = SB|Sonderurlaub = BU|Bildungsurlaub
hr.ZEIT 7400000
PNR int pk >hr.PERS; TAG date pk; KOMMT time; GEHT time; PAUSE int
hr.LOHN 620000 'Entgeltabrechnung'
PNR int pk >hr.PERS; MON int pk; LART int pk >hr.LART; BETR decimal(12,2)
hr.LART 5
LART int pk; BEZ nvarchar(60)
= 100|Grundgehalt = 210|Überstundenzuschlag = 300|Weihnachtsgeld = 410|Fahrtkostenzuschuss = 900|Pfändung
hr.SCHU 900 'Weiterbildungsangebote'
SHNR int pk; TITEL nvarchar(100); ANBIET nvarchar(60); PREIS decimal(10,2)
= 1|Staplerschein|TÜV Akademie|480 = 2|Excel für Controller|Haufe|690 = 3|Ersthelfer|DRK|60
hr.SHTN 14000
SHNR int pk >hr.SCHU; PNR int pk >hr.PERS; DAT date; ERGEB char(1)
hr.QUAL 330
QFNR int pk; BEZ nvarchar(60)
= 1|Schweißen MAG = 2|Kranführer = 3|SPS-Programmierung = 4|Spanisch verhandlungssicher
hr.PEQU 17500
PNR int pk >hr.PERS; QFNR int pk >hr.QUAL; STUFE int; GUEBIS date null
hr.BEWR 5200 'Bewerbungen'
BWNR int pk; PLANST int >hr.PLST; NNAM nvarchar(40); EINGDAT date; BWST char(1) >hr.BWST
hr.BWST 4
BWST char(1) pk; BEZ nvarchar(40)
= E|Eingegangen = G|Zum Gespräch eingeladen = A|Abgesagt = Z|Zusage erteilt
hr.UNFL 1100 'Arbeitsunfälle'
UFNR int pk; PNR int >hr.PERS; MANR int null >MASC; UFDAT datetime2(0); AUSFTG int 'Ausfalltage'
hr.DWAG 60
DWNR int pk; FZNR int >FZST; PNR int >hr.PERS
hr.SPND 700
PNR int pk; SCHRK varchar(10); SCHLNR varchar(20) 'Schlüsselausgabe'
query SELECT p.NNAM, s.SCHRK FROM hr.SPND s JOIN hr.PERS p ON p.PNR = s.PNR
`;
