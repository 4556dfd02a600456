import { describe, expect, it } from '@jest/globals';
import { abbreviates, isTypo } from './resemblance.js';
import { Thesaurus } from './thesaurus.js';
import { fold, stem, wordsOf, wordsOfName } from './words.js';

describe('words', () => {
  it.each([
    ['OrderLine2019', ['order', 'line', '2019', 'orderline2019']],
    ['tbl_customer_address', ['customer', 'address', 'customeraddress']],
    ['XMLFile', ['xml', 'file', 'xmlfile']],
    ['KDNR', ['kdnr', 'kd', 'nr']],
    ['AUFK', ['aufk', 'auf']],
    ['Größe', ['grosse']],
    ['顧客', ['顧客']],
  ])('of the name %s are %j', (name, expected) => {
    expect(wordsOfName(name)).toEqual(expected);
  });

  it('of a text lose case and accents, and transliterations are the same word', () => {
    expect(wordsOf('Qualität, Qualitaet!')).toEqual(['qualitat', 'qualitat']);
    expect(fold('Ferretería Ñandú')).toBe('ferreteria nandu');
  });

  it.each([
    ['customers', 'customer'],
    ['deliveries', 'delivery'],
    ['addresses', 'address'],
    ['prices', 'price'],
    ['meter readings', 'meter reading'],
    ['Rechnungen', 'Rechnung'],
    ['Waren', 'Ware'],
    ['facturas', 'factura'],
    ['proveedores', 'proveedor'],
    ['stornierte', 'storniert'],
    ['Lieferscheine', 'Lieferschein'],
    ['Artikeln', 'Artikel'],
    ['shipping', 'ship'],
    ['received', 'receive'],
  ])('have the same stem: %s and %s', (a, b) => {
    expect(wordsOf(a).map(stem)).toEqual(wordsOf(b).map(stem));
  });

  it.each([
    ['order', 'ordinal'],
    ['user', 'use'],
    ['meter', 'meta'],
  ])('have different stems: %s and %s', (a, b) => {
    expect(stem(a)).not.toBe(stem(b));
  });

  it.each([
    ['cust', 'customer', true],
    ['cntct', 'contact', true],
    ['cmpgn', 'campaign', true],
    ['pg', 'page', true],
    ['whse', 'warehouse', true],
    ['pymt', 'payment', true],
    ['cst', 'contact', false],
    ['wars', 'warehouse', false],
    ['dat', 'update', false],
    ['customer', 'cust', false],
  ])('%s abbreviates %s: %s', (short, word, expected) => {
    expect(abbreviates(short, word) > 0).toBe(expected);
  });

  it.each([
    ['custmoer', 'customer', 1, true],
    ['custome', 'customer', 1, true],
    ['kustomer', 'customer', 1, true],
    ['kustomre', 'customer', 1, false],
    ['kustomre', 'customer', 2, true],
    ['order', 'customer', 2, false],
  ])('%s is a typing error of %s within %i: %s', (a, b, limit, expected) => {
    expect(isTypo(a, b, limit)).toBe(expected);
  });

  it('have alternatives in other languages, by any inflection and as phrases', () => {
    const thesaurus = new Thesaurus('customer, kunde\ndelivery note, lieferschein\nalone');
    expect(thesaurus.alternatives(['customers'])).toEqual([['kunde']]);
    expect(thesaurus.alternatives(['lieferscheine'])).toEqual([['delivery', 'note']]);
    expect(thesaurus.alternatives(['delivery', 'notes'])).toEqual([['lieferschein']]);
    expect([thesaurus.knows(['alone']), thesaurus.knows(['note'])]).toEqual([false, false]);
  });
});
