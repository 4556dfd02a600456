/** System colours and fonts; contrast of at least 4.5 : 1 in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1a1d21; --soft: #565d66; --line: #868e96;
  --accent: #1550b3; --on-accent: #fff; --bad: #a61b1b; --note: #fff6df; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --card: #1e2227; --ink: #eceff2; --soft: #aab2bb; --line: #6d7680; --accent: #8ab4f8;
    --on-accent: #10131a; --bad: #ff9d94; --note: #3a3118; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 6vh auto; padding: 2rem; background: var(--card); border-radius: .75rem;
  box-shadow: 0 1px 8px rgb(0 0 0 / .15); }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.125rem; }
p { margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
@media (max-width: 30rem) { main { margin: 0; border-radius: 0; } dl { display: block; } dd { margin-bottom: .5rem; } }
dd { margin: 0; overflow-wrap: anywhere; font-weight: 600; }
label { display: block; font-weight: 600; }
input[type=text], input[type=password] { display: block; width: 100%; margin: .25rem 0 1rem; padding: .625rem .75rem;
  border: 1px solid var(--line); border-radius: .375rem; background: var(--card); color: var(--ink); font: inherit; }
fieldset { margin: 0 0 1rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .375rem; }
legend { padding: 0 .25rem; font-weight: 600; }
.choice { display: grid; grid-template-columns: max-content 1fr; gap: 0 .625rem; margin: .25rem 0; }
.choice span { grid-column: 2; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
button, .button { padding: .625rem 1.25rem; border: 1px solid var(--line); border-radius: .375rem; background: transparent;
  color: var(--ink); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.link { padding: 0; border: 0; color: var(--accent); font-weight: 400; text-decoration: underline; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; }
.note { padding: .625rem .75rem; border-radius: .375rem; background: var(--note); }
.soft { color: var(--soft); }
.item { padding: 1rem 0; border-top: 1px solid var(--line); }
code, pre { font: .9375rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: .75rem; border: 1px solid var(--line); border-radius: .375rem; white-space: pre-wrap; }
`;
