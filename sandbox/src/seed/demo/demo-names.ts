/** Names of the demo's products, customers and places. */

/** Ten products of each category, in the order of the categories. */
export const PRODUCT_NAMES: readonly (readonly string[])[] = [
  ['Chai', 'Ground coffee', 'Coffee beans', 'Green tea', 'Cola', 'Apple juice', 'Lager', 'Stout', 'Lemonade', 'Mead'],
  [
    'Mustard',
    'Olive oil',
    'Balsamic vinegar',
    'Ketchup',
    'Sea salt',
    'Soy sauce',
    'Pesto',
    'Curry paste',
    'Tahini',
    'Aioli',
  ],
  [
    'Nougat',
    'Dark chocolate',
    'Shortbread',
    'Marzipan',
    'Gummy bears',
    'Fudge',
    'Waffles',
    'Toffee',
    'Biscotti',
    'Pralines',
  ],
  ['Cheddar', 'Gouda', 'Camembert', 'Butter', 'Yoghurt', 'Feta', 'Mozzarella', 'Cream', 'Gorgonzola', 'Quark'],
  [
    'Rye bread',
    'Spaghetti',
    'Basmati rice',
    'Oats',
    'Couscous',
    'Crispbread',
    'Gnocchi',
    'Muesli',
    'Polenta',
    'Tortillas',
  ],
  [
    'Salami',
    'Ham',
    'Chicken breast',
    'Beef jerky',
    'Bratwurst',
    'Duck breast',
    'Chorizo',
    'Turkey',
    'Lamb chops',
    'Bacon',
  ],
  [
    'Dried apples',
    'Tofu',
    'Sauerkraut',
    'Dried pears',
    'Lentils',
    'Tomatoes',
    'Mushrooms',
    'Olives',
    'Almonds',
    'Dates',
  ],
  ['Herring', 'Smoked salmon', 'Tuna', 'Anchovies', 'Shrimps', 'Mussels', 'Cod', 'Caviar', 'Squid', 'Sardines'],
];

const FAMILIES = ['Alvarez', 'Berg', 'Conti', 'Dubois', 'Eriksen', 'Fischer', 'Greene', 'Hoffmann', 'Ibarra', 'Jansen'];
export const FAMILY_NAMES: readonly string[] = [...FAMILIES, 'Kowalski', 'Lindqvist', "O'Brien"];
export const COMPANY_KINDS = ['Foods', 'Trading', 'Market', 'Delicatessen', 'Catering', 'Imports', 'Kitchen'] as const;

export const REGION_NAMES = ['North America', 'Western Europe', 'Central Europe', 'Southern Europe'] as const;
export type RegionName = (typeof REGION_NAMES)[number];

export interface Place {
  readonly city: string | null;
  readonly state: string | null;
  readonly country: string;
  readonly region: RegionName;
}

function places(region: RegionName, country: string, ...cities: readonly (readonly [string, string])[]): Place[] {
  return cities.map(([city, state]) => ({ city, state, country, region }));
}

export const PLACES: readonly Place[] = [
  ...places('North America', 'USA', ['San Francisco', 'California'], ['Los Angeles', 'California']),
  ...places(
    'Central Europe',
    'Germany',
    ['Berlin', 'Berlin'],
    ['Köln', 'North Rhine-Westphalia'],
    ['München', 'Bavaria'],
  ),
  ...places('Western Europe', 'UK', ['London', 'England'], ['Edinburgh', 'Scotland']),
  ...places('North America', 'USA', ['Seattle', 'Washington'], ['New York', 'New York'], ['Austin', 'Texas']),
  ...places('Western Europe', 'France', ['Paris', 'Île-de-France'], ['Lyon', 'Auvergne-Rhône-Alpes']),
  ...places('Southern Europe', 'Spain', ['Madrid', 'Madrid'], ['Barcelona', 'Catalonia']),
  // Some customers have a country and nothing more.
  { city: null, state: null, country: 'USA', region: 'North America' },
  ...places('Southern Europe', 'Italy', ['Rome', 'Lazio'], ['Milan', 'Lombardy']),
  ...places('Central Europe', 'Austria', ['Vienna', 'Vienna']),
  ...places('North America', 'USA', ['San Diego', 'California']),
];
