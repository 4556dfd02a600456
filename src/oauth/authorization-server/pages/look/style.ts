import type { Brand } from '../../../../tenancy/brand.js';
import { inkOn, readableOn } from './colors.js';

/** The grounds that links lie on; an organisation's colour is made readable on them. */
const CARD = { light: '#ffffff', dark: '#1b1f24' } as const;

const OWN_COLORS = {
  light: '--accent: #1550b3; --button: #1550b3; --on-button: #ffffff;',
  dark: '--accent: #8ab4f8; --button: #8ab4f8; --on-button: #10131a;',
} as const;

/** Our own colours have a contrast of at least 4.5 : 1 in both schemes. Sizes of text: .875, 1, 1.125 and 1.5 rem. */
const RULES = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; padding: 0 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.card { max-width: 30rem; margin: 7vh auto 3rem; padding: 2rem; border: 1px solid var(--edge); border-radius: 1rem;
  background: var(--card); box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 12px 32px -12px rgb(0 0 0 / .18); }
.wide { max-width: 44rem; }
.brand { display: flex; align-items: center; gap: .75rem; margin: 0 0 1.5rem; color: var(--soft); font-weight: 600;
  overflow-wrap: anywhere; }
.brand img { flex: none; max-width: 10rem; height: 2.25rem; object-fit: contain; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.35; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: break-word; }
p strong { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .375rem 1.25rem; margin: 0 0 1.25rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; font-weight: 600; }
label { display: block; font-weight: 600; }
.field { position: relative; margin: .375rem 0 1.125rem; }
input[type=text], input[type=password] { display: block; width: 100%; min-height: 2.875rem; padding: .625rem .875rem;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; }
.field .reveal { position: absolute; inset: .3125rem .3125rem auto auto; min-height: 2.25rem; padding: 0 .625rem;
  border: 0; border-radius: .375rem; background: var(--card); color: var(--accent); font-size: .875rem; }
.field:has(.reveal) input { padding-right: 5.5rem; }
fieldset { min-width: 0; margin: 0 0 1.25rem; padding: .625rem 1rem .875rem; border: 1px solid var(--edge);
  border-radius: .5rem; }
legend { padding: 0 .375rem; margin-left: -.375rem; font-weight: 600; }
.choice { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: .5rem 0; }
.choice input { width: 1.125rem; height: 1.125rem; margin: .1875rem 0 0; accent-color: var(--accent); }
.choice span { grid-column: 2; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin-top: 1.5rem; }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem;
  padding: .5rem 1.25rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent;
  color: var(--ink); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.small { min-height: 2.25rem; padding: .25rem .875rem; font-size: .875rem; }
.primary { border-color: var(--accent); background: var(--button); color: var(--on-button); }
.link { min-height: 2.75rem; padding: 0 .25rem; border: 0; color: var(--accent); font-weight: 400;
  text-decoration: underline; }
.danger { border-color: var(--bad); color: var(--bad); }
@media (hover: hover) { button:hover, .button:hover, summary:hover { filter: brightness(.93); } }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { padding: .625rem .875rem; border-left: .25rem solid var(--bad); border-radius: .25rem;
  background: var(--bad-ground); color: var(--bad); font-weight: 600; }
.note { padding: .625rem .875rem; border-left: .25rem solid var(--note-line); border-radius: .25rem;
  background: var(--note); }
.done { padding: .625rem .875rem; border-left: .25rem solid var(--done-line); border-radius: .25rem;
  background: var(--done); overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.item { padding: 1.25rem 0; border-top: 1px solid var(--edge); }
.item > :last-child { margin-bottom: 0; }
.item dl { margin-bottom: 1rem; }
.pages { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem;
  padding: 1.25rem 0; border-top: 1px solid var(--edge); }
.pages a { padding: .5rem 0; }
details { margin: 1rem 0; }
summary { padding: .5rem 0; color: var(--accent); cursor: pointer; }
details p { margin-top: .5rem; }
code, pre { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.code { position: relative; margin: 0 0 1rem; }
pre { margin: 0; padding: .75rem .875rem; border: 1px solid var(--edge); border-radius: .5rem;
  background: var(--ground); white-space: pre-wrap; }
.code:has(button) pre { padding-right: 6rem; }
.code button { position: absolute; inset: .375rem .375rem auto auto; min-height: 2rem; padding: 0 .75rem;
  border-color: var(--edge); background: var(--card); font-size: .875rem; }
@media (max-width: 30rem) {
  body { padding: 0; background: var(--card); }
  .card { margin: 0; padding: 1.5rem 1.25rem 2rem; border: 0; border-radius: 0; box-shadow: none; }
  dl { display: block; }
  dt { font-size: .875rem; }
  dd { margin: 0 0 .75rem; }
  .actions > button, .actions > .button { flex: 1 1 100%; }
}
`;

/** The stylesheet of the pages, with the colour of the organisation where it has one. */
export function styleOf({ color }: Pick<Brand, 'color'>): string {
  return `
:root { color-scheme: light dark; --ground: #f3f5f8; --card: ${CARD.light}; --ink: #1a1d21; --soft: #555c65;
  --line: #7d858f; --edge: #dde1e6; --bad: #a61b1b; --bad-ground: #fdeeee; --note: #fff6df; --note-line: #b7791f;
  --done: #e8f5ec; --done-line: #2f855a; ${color === undefined ? OWN_COLORS.light : colorsFrom(color, CARD.light)} }
@media (prefers-color-scheme: dark) {
  :root { --ground: #111418; --card: ${CARD.dark}; --ink: #eceff2; --soft: #aab2bb; --line: #78818b; --edge: #343a42;
    --bad: #ff9d94; --bad-ground: #38201f; --note: #3a3118; --note-line: #d69e2e; --done: #1d3327;
    --done-line: #68d391; ${color === undefined ? OWN_COLORS.dark : colorsFrom(color, CARD.dark)} }
}${RULES}`;
}

/** The button has the colour itself and a text that can be read on it; links have the nearest colour that can be read. */
function colorsFrom(color: string, card: string): string {
  return `--accent: ${readableOn(color, card)}; --button: ${color}; --on-button: ${inkOn(color)};`;
}
