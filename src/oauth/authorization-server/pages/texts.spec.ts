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

  it('has every text in both languages', () => {
    for (const [key, text] of Object.entries(TEXTS.en)) expect(typeof Reflect.get(TEXTS.es, key)).toBe(typeof text);
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
