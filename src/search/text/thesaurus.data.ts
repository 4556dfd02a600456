/**
 * A line is one concept of business in English, German and Spanish, with the abbreviations that names of tables and
 * columns use. A word may be in several lines. A team adds words of its own as synonyms of its definitions.
 */
export const THESAURUS_TEXT = `
customer, client, buyer, debtor, kunde, debitor, abnehmer, besteller, cliente, comprador, cust, kd, knd, kun, cli
supplier, vendor, creditor, lieferant, kreditor, zulieferer, proveedor, acreedor, supp, vend, lief, lfr, prov
business partner, geschaftspartner, partner, socio, bp
prospect, lead, interessent, prospecto
person, people, human, mensch, persona, pers
contact, contact person, ansprechpartner, kontakt, kontaktperson, contacto, cntct, ansp, asp
employee, staff, worker, personnel, colleague, mitarbeiter, personal, beschaftigter, angestellter, empleado, trabajador, emp, ma, pers
manager, supervisor, boss, superior, vorgesetzter, leiter, chef, jefe, supervisor, mgr, vg, ltg
sales representative, sales rep, salesperson, salesman, agent, vertreter, handelsvertreter, verkaufer, aussendienst, comercial, vendedor, vtr, rep
field, field service, field staff, aussendienst
user, login, account, benutzer, anwender, konto, usuario, usr
address, anschrift, adresse, direccion, domicilio, addr, adr, dir
billing address, invoice address, rechnungsadresse, rechnungsanschrift, direccion de facturacion
delivery address, shipping address, ship to, lieferadresse, lieferanschrift, direccion de envio
country, nation, land, staat, pais, ctry, lkz
city, town, ort, stadt, ciudad, poblacion, localidad
postal code, zip code, zip, postcode, plz, postleitzahl, codigo postal, cp
region, province, state, gebiet, bundesland, provincia, region, reg
territory, sales territory, gebiet, verkaufsgebiet, zona, territorio, geb
street, strasse, calle, str
phone, telephone, telefon, telefono, tel
email, mail, e mail, correo, eml
order, sales order, customer order, auftrag, kundenauftrag, pedido, ord, auf, ped, so
purchase order, procurement order, bestellung, orden de compra, pedido de compra, po, bst, best
purchase, purchasing, buying, procurement, einkauf, beschaffung, compra, ek
sale, sales, selling, verkauf, vertrieb, absatz, venta, vk
revenue, turnover, sales, umsatz, erlos, ingreso, ventas, ums
requisition, purchase requisition, bedarfsmeldung, bedarfsanforderung, bestellanforderung, banf, solicitud
requirement, demand, need, bedarf, necesidad, bed
quotation, quote, offer, bid, proposal, angebot, offerte, oferta, presupuesto, ang, quo
contract, agreement, vertrag, vereinbarung, contrato, ctr, vtg
call off, blanket order, frame contract, framework agreement, abruf, abrufauftrag, rahmenvertrag, rahmenauftrag, contrato marco
invoice, bill, rechnung, factura, inv, re, rg, fac
outgoing invoice, customer invoice, sales invoice, ausgangsrechnung, factura emitida
incoming invoice, supplier invoice, vendor invoice, purchase invoice, eingangsrechnung, lieferantenrechnung, factura recibida
credit note, credit memo, gutschrift, nota de credito, abono, gut
delivery, deliver, ship, shipment, shipping, consignment, lieferung, liefern, sendung, versand, entrega, envio, dlv, lf, lfs
delivery note, packing slip, dispatch note, lieferschein, albaran
delivery date, liefertermin, lieferdatum, fecha de entrega
carrier, haulier, forwarder, freight forwarder, spediteur, spedition, frachtfuhrer, transporteur, transportista, sped
transport, freight, shipping, transport, fracht, transporte, flete
route, delivery route, tour, round, route, auslieferungsroute, tour, ruta, trn
vehicle, car, truck, fahrzeug, wagen, auto, lkw, vehiculo, coche, fz, veh
fleet, vehicle fleet, fuhrpark, flotte, flota
driver, fahrer, conductor, fahr
company car, dienstwagen, firmenwagen, coche de empresa, dwag
fuel, petrol, diesel, kraftstoff, tanken, combustible, tank
return, returns, return shipment, retoure, rucksendung, rucklieferung, ruckgabe, devolucion, rt, ret
complaint, claim, reklamation, beanstandung, beschwerde, reclamacion, queja, rekl
warranty, guarantee, garantie, gewahrleistung, garantia, gar
payment, zahlung, pago, pmt, zahl
incoming payment, customer payment, payment received, zahlungseingang, cobro
pay, zahlen, bezahlen, pagar
payment terms, terms of payment, zahlungsbedingung, zahlungsziel, condicion de pago
dunning, dunning letter, payment reminder, reminder, mahnung, mahnstufe, reclamacion de pago, mahn
open item, receivable, open receivable, outstanding, offener posten, offene posten, forderung, partida abierta, op
overdue, due, fallig, uberfallig, vencido, fae
due date, falligkeit, vencimiento
credit limit, kreditlimit, limite de credito, krlim
creditworthiness, credit rating, credit score, bonitat, solvencia
bank, banco, bank
account, ledger account, gl account, konto, sachkonto, cuenta, kto, acct
chart of accounts, kontenplan, kontenrahmen, plan de cuentas, plan contable
posting, booking, journal entry, entry, buchung, asiento, apunte, bu
accounting document, voucher, beleg, buchungsbeleg, comprobante, bel
document, dokument, unterlage, beleg, documento, doc
journal, tagebuch, diario
debit, soll, debe
credit, haben, haber
cost centre, cost center, kostenstelle, centro de coste, centro de costo, kst, cc
cost, expense, kosten, aufwand, coste, gasto
budget, plan, planwert, budget, presupuesto, bdgt
company, firm, legal entity, firma, gesellschaft, unternehmen, buchungskreis, empresa, sociedad, comp, bukr
subsidiary, branch, tochter, tochtergesellschaft, filiale, niederlassung, filial, sucursal
fixed asset, asset, anlage, anlagevermogen, anlagegut, activo, activo fijo, anl
depreciation, abschreibung, afa, amortizacion, depreciacion
exchange rate, currency rate, wechselkurs, devisenkurs, tipo de cambio, kurs
foreign currency, devise, devisen, fremdwahrung, divisa
currency, wahrung, moneda, divisa, wkz, cur
tax, vat, steuer, mehrwertsteuer, umsatzsteuer, mwst, ust, impuesto, iva
insurance, versicherung, seguro, vers
premium, pramie, prima
lease, leasing, rent, miete, leasing, alquiler, arrendamiento
travel expense, expense claim, travel cost, reisekosten, spesen, spesenabrechnung, reisekostenabrechnung, gastos de viaje, dieta
trip, business trip, reise, dienstreise, viaje
article, item, product, material, good, artikel, produkt, ware, teil, articulo, producto, art, itm, prod, mat, pn
part, spare part, ersatzteil, teil, pieza, repuesto
component, komponente, bauteil, componente, komp
product group, product category, merchandise category, item group, warengruppe, artikelgruppe, produktgruppe, familia, wgr
group, category, class, gruppe, kategorie, klasse, grupo, categoria, grp, gr, cat
manufacturer, brand, maker, producer, hersteller, marke, fabricante, marca, mfr, her
made, make, manufactured, hergestellt, hersteller
picture, photo, image, bild, foto, imagen
price, preis, precio, prc, prs, pr
unit price, price per unit, einzelpreis, stuckpreis, precio unitario
sales price, selling price, verkaufspreis, precio de venta, vkpr, pvp
purchase price, buying price, einkaufspreis, precio de compra, ekpr
price list, preisliste, tarifa, lista de precios
discount, rebate, rabatt, nachlass, descuento, rab, disc
volume discount, quantity discount, scale discount, rabattstaffel, staffelrabatt, mengenrabatt, staffel, descuento por volumen
cash discount, skonto, descuento por pronto pago, skt
discount code, coupon, voucher, gutschein, gutscheincode, cupon, vale, vchr
issue, issued, hand out, handed out, ausgabe, ausgegeben, ausgehandigt, emitido
commission, provision, vergutung, comision, prov
quantity, amount, number, menge, anzahl, stuckzahl, cantidad, qty, mng, cant
amount, sum, value, betrag, summe, wert, importe, valor, amt, betr, imp
unit, unit of measure, einheit, mengeneinheit, unidad, uom, me
weight, gewicht, peso, gew
stock, inventory, stock level, bestand, lagerbestand, vorrat, existencia, inventario, bst, inv
available, availability, verfugbar, verfugbarkeit, disponible, disponibilidad
warehouse, depot, lager, lagerort, lagerhaus, almacen, deposito, wh, lag, lgr, alm
storage bin, bin, bin location, storage location, lagerplatz, lagerfach, ubicacion, lpl
stock movement, goods movement, material movement, lagerbewegung, materialbewegung, warenbewegung, movimiento
stocktaking, stock count, physical inventory, inventur, bestandsaufnahme, zahlung, recuento
counted, count, zahlung, gezahlt, recuento
goods receipt, goods received, incoming goods, receipt of goods, wareneingang, recepcion, entrada de mercancia, we, wein
goods issue, outgoing goods, warenausgang, salida de mercancia
reorder level, reorder point, minimum stock, meldebestand, mindestbestand, sicherheitsbestand, punto de pedido, stock minimo
replenishment lead time, replenishment time, lead time, wiederbeschaffungszeit, lieferzeit, beschaffungszeit, plazo de entrega
batch, lot, charge, los, lote, chg
serial number, seriennummer, numero de serie, snr, ser
expiry, expire, expiration, best before, verfall, verfallsdatum, ablauf, ablaufdatum, mindesthaltbarkeit, haltbarkeit, mhd, caducidad, vencimiento
hazardous, dangerous, hazard, gefahr, gefahrlich, gefahrgut, gefahrstoff, peligroso, peligro
hazardous substance, hazardous material, dangerous goods, gefahrstoff, gefahrgut, mercancia peligrosa
safety data sheet, sicherheitsdatenblatt, ficha de seguridad, sdb
packaging, package, packing, verpackung, packmittel, embalaje, vp
production order, manufacturing order, work order, fertigungsauftrag, produktionsauftrag, orden de produccion, orden de fabricacion, fa, fauf, wo
production, manufacturing, fertigung, produktion, herstellung, produccion, fabricacion
bill of material, bill of materials, bom, stuckliste, lista de materiales, stl
routing, work plan, arbeitsplan, hoja de ruta, ruta, apl
operation, work step, arbeitsgang, vorgang, operacion, ag
machine, equipment, maschine, anlage, maquina, equipo, masch, mach
tool, werkzeug, herramienta, wz, wzg
setup, set up, setup time, rusten, rustzeit, preparacion
machine hours, working time, arbeitszeit, horas
time, zeit, tiempo, hora, zt
hour, stunde, hora, std, hrs
scrap, waste, rejects, ausschuss, abfall, schrott, desecho, merma, chatarra
downtime, standstill, outage, breakdown, stillstand, ausfall, storung, parada, averia, stor
stood still, standstill, stillstand
fault, error, defect, failure, fehler, mangel, defekt, storung, fallo, defecto, error
maintenance, servicing, wartung, instandhaltung, mantenimiento, wart
preventive, vorbeugend, preventivo
repair, reparatur, instandsetzung, reparacion, rep
quality, qualitat, calidad, qual, q
inspection, check, test, prufung, inspektion, inspeccion, control, pruf
vehicle inspection, technical inspection, hauptuntersuchung, tuv, itv
inspection lot, prufos, pruflos, lote de inspeccion
characteristic, inspection characteristic, feature, merkmal, prufmerkmal, caracteristica
tolerance, toleranz, tolerancia, tol
measured value, measurement, measure, reading, messwert, messung, medicion, wert, valor medido, mess
meter, gauge, zahler, contador
meter reading, reading, zahlerstand, ablesung, lectura
energy, power, electricity, energie, strom, energia, en
certificate, certification, zertifikat, zeugnis, zulassung, certificado, zert
rating, score, evaluation, bewertung, note, bewertungsnote, valoracion, calificacion, rtg
corrective action, measure, korrekturmassnahme, massnahme, accion correctiva
cause, reason, grund, ursache, motivo, causa, gr, rsn
status, state, stage, zustand, stand, status, estado, st, stat, sts
priority, prioritat, prioridad, prio
department, abteilung, bereich, departamento, dept, abt
position, job, post, planstelle, stelle, puesto, pos
line, line item, order line, item, detail, position, posten, zeile, posicion, linea, partida, detalle, pos, lin, itm, dtl
header, head, kopf, kopfdaten, cabecera, hdr, kopf, cab
salary, wage, pay, payroll, gehalt, lohn, entgelt, bezuge, vergutung, salario, nomina, sueldo
payroll, payslip, lohnabrechnung, gehaltsabrechnung, entgeltabrechnung, nomina
wage type, lohnart, lart
absence, absent, time off, fehlzeit, abwesenheit, fehltag, ausencia, abw
vacation, holiday, annual leave, leave, urlaub, erholungsurlaub, vacaciones
sick, sickness, illness, sick leave, krank, krankheit, enfermedad, baja medica
hire date, joined, entry date, eintritt, eintrittsdatum, fecha de alta
birthday, birth date, date of birth, geburtstag, geburtsdatum, fecha de nacimiento
qualification, skill, qualifikation, befahigung, kenntnis, fahigkeit, cualificacion, habilidad, qual
training, course, training course, seminar, schulung, weiterbildung, kurs, fortbildung, lehrgang, formacion, curso, schu
participant, participation, attendee, attend, took part, teilnehmer, teilnahme, participante, tn
application, job application, applicant, candidate, bewerbung, bewerber, solicitud, candidato, bewr
accident, work accident, unfall, arbeitsunfall, accidente, unf
lost days, lost day, days lost, ausfalltage, fehltage, dias perdidos
apprentice, trainee, auszubildender, lehrling, azubi, aprendiz
overtime, uberstunde, mehrarbeit, horas extra
shift, schicht, turno
key, schlussel, llave
locker, spind, schrank, taquilla
approval, approve, approved, release, released, genehmigung, genehmigt, genehmiger, freigabe, freigegeben, aprobacion, gen, frg
block, blocked, lock, sperre, gesperrt, bloqueo, bloqueado, sp
delivery block, blocked from delivery, liefersperre
cancel, cancelled, canceled, cancellation, storno, storniert, stornierung, anulado, cancelado
open, pending, offen, unerledigt, ausstehend, abierto, pendiente
closed, done, completed, erledigt, abgeschlossen, geschlossen, cerrado, terminado
deviation, difference, variance, abweichung, differenz, desviacion, diferencia, abw
promised, confirmed, zugesagt, bestatigt, confirmado, prometido
promised date, promised delivery date, zugesagter termin, zugesagter liefertermin
net requirement, nettobedarf, necesidad neta
date, datum, tag, fecha, dat, dt
target, goal, ziel, soll, objetivo, meta
sales target, quota, umsatzziel, absatzziel, cuota
actual, ist, real
industry, sector, branch, branche, wirtschaftszweig, sector, ramo, bran
website, web site, online, internet, web
shop, store, online shop, webshop, laden, geschaft, tienda
cart, basket, shopping cart, warenkorb, cesta, carrito
wish list, wishlist, wunschliste, merkzettel, lista de deseos, wshlst
review, star rating, stars, bewertung, rezension, resena, rvw
page hit, page view, hit, visit, seitenaufruf, visita
campaign, marketing campaign, kampagne, aktion, campana, cmpgn, cmp
newsletter, mailing, rundschreiben, boletin
opportunity, sales opportunity, verkaufschance, chance, oportunidad, oppty, opp
activity, aktivitat, vorgang, actividad, actvt, act
ticket, support request, support case, case, incident, anfrage, storungsmeldung, incidencia, tckt, tck
service contract, maintenance contract, maintenance agreement, service agreement, wartungsvertrag, servicevertrag, contrato de mantenimiento
visit, besuch, visita, vst
technician, techniker, monteur, tecnico
project, projekt, vorhaben, proyecto, proj, pj
milestone, meilenstein, hito
timesheet, time sheet, hours worked, stundenzettel, stundenaufschreibung, stundennachweis, parte de horas
member, participant, mitglied, miembro, mbr
role, rolle, rol
parent, superordinate, above, ubergeordnet, obergruppe, superior, padre, ueb, parent
successor, nachfolger, sucesor
accessory, zubehor, accesorio
language, sprache, idioma, spr, lang
description, text, beschreibung, bezeichnung, bez, descripcion, dsc, descr
name, bezeichnung, nombre, nom, nm
history, historie, verlauf, historial
log, protokoll, registro
attachment, anhang, anlage, adjunto
customs, zoll, aduana
tariff, zolltarif, arancel
consumption, verbrauch, consumo
capacity, kapazitat, capacidad
calendar, kalender, calendario
forecast, prognose, vorhersage, prevision, pronostico
loan, darlehen, kredit, prestamo
interest, zins, interes
room, raum, sala, habitacion
building, gebaude, edificio
sensor, fuhler, messfuhler
alarm, alert, warnung, alarma
permission, right, berechtigung, recht, permiso
survey, umfrage, befragung, encuesta
question, frage, pregunta
answer, response, antwort, respuesta
branch, filiale, zweigstelle, sucursal
student, pupil, schuler, studierender, estudiante, alumno
teacher, lehrer, profesor
patient, paciente
doctor, physician, arzt, medico
appointment, termin, cita
diagnosis, diagnose, diagnostico
treatment, behandlung, tratamiento
book, buch, libro
author, autor
policy, versicherungsschein, police, poliza
flight, flug, vuelo
guest, gast, huesped
reservation, booking, reservierung, buchung, reserva
event, veranstaltung, ereignis, evento
settle, settled, settlement, ausgleich, ausgleichen, begleichen, liquidar
`;
