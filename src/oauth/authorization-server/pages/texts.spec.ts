import { CONNECT_TEXTS } from './connect-texts.js';
import { html } from './html.js';
import { TEXTS, languageOf } from './texts.js';

describe('the language of a page', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['es', 'es'],
    ['es-MX,es;q=0.9,en;q=0.8', 'es'],
    ['en-GB,es;q=0.9', 'en'],
    ['fr-FR,fr;q=0.9,es;q=0.5,en;q=0.1', 'es'],
    ['de', 'en'],
    ['es-MX,en', 'es'],
    ['constructor', 'en'],
    ['es;q=0,en;q=0.1', 'en'],
    ['rubbish;;;=,', 'en'],
  ])('of Accept-Language %s is %s', (header, language) => expect(languageOf(header)).toBe(language));

  it.each([
    ['the pages', TEXTS],
    ['the connect page', CONNECT_TEXTS],
  ])('has every text of %s in both languages, and none of them twice', (_which, texts) => {
    const wording = (text: unknown): string =>
      typeof text === 'function' ? String((text as (...values: unknown[]) => unknown)('1', '2')) : String(text);
    const [english, spanish] = [texts.en, texts.es].map(all => Object.entries(all));
    expect(spanish?.map(([key]) => key).sort()).toEqual(english?.map(([key]) => key).sort());
    const same = english?.filter(([key, text]) => wording(text) === wording(Reflect.get(texts.es, key)));
    expect(same?.map(([key]) => key)).toEqual([]);
  });
});

describe('markup', () => {
  it('escapes what is not markup, and drops what is absent', () => {
    const evil = `<script>"'&\``;
    expect(html`<p title="${evil}">${evil}${undefined}${false}${[html`<b></b>`, 1]}</p>`.text).toBe(
      '<p title="&lt;script&gt;&quot;&#39;&amp;&#96;">&lt;script&gt;&quot;&#39;&amp;&#96;<b></b>1</p>',
    );
  });
});
