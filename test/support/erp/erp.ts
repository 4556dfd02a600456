import { ABROAD } from './core-abroad.js';
import { PEOPLE } from './core-people.js';
import { SALES } from './core-sales.js';
import { SUPPLY } from './core-supply.js';
import { type ErpModel, readErp } from './erp-model.js';
import { withFiller } from './filler.js';

/**
 * The schema of an ERP as it grew over twenty years, invented for these tests: German names, a Spanish subsidiary and
 * English additions, all abbreviated; a third of the tables has a description.
 */
export function erp(tables = 1_500): ErpModel {
  return withFiller(readErp([SALES, SUPPLY, PEOPLE, ABROAD]), tables);
}
