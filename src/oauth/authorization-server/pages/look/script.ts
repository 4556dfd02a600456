/**
 * The only script of the pages, served as a file so that the policy needs no inline script. Every page works without it:
 * it shows times in the browser's zone, and how a download goes on, and adds the buttons that copy a text and show a
 * password.
 */
export const SCRIPT = `'use strict';
// The browser's region (en-GB) decides the order of a date, if the page is in the browser's language.
const page = document.documentElement.lang;
const language = navigator.language.startsWith(page) ? navigator.language : page;

for (const time of document.querySelectorAll('time[datetime]')) {
  const format = { dateStyle: 'medium', timeStyle: 'short' };
  time.title = time.textContent;
  time.textContent = new Intl.DateTimeFormat(language, format).format(new Date(time.dateTime));
}

function button(parent, text, className) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

for (const input of document.querySelectorAll('input[data-show]')) {
  const { show, hide, showLabel, hideLabel } = input.dataset;
  const toggle = button(input.parentElement, show, 'reveal');
  const set = shown => {
    input.type = shown ? 'text' : 'password';
    toggle.textContent = shown ? hide : show;
    toggle.setAttribute('aria-label', shown ? hideLabel : showLabel);
  };
  toggle.setAttribute('aria-controls', input.id);
  set(false);
  toggle.addEventListener('click', () => set(input.type === 'password'));
  input.form.addEventListener('submit', () => set(false));
}

for (const box of document.querySelectorAll('[data-status]')) {
  const { status, attempt, running, done, failed } = box.dataset;
  const [progress, ending] = box.querySelectorAll('p');
  const form = document.querySelector('form[data-starts]');
  const fill = (text, now) =>
    text.replace(/[{](\\w+)[}]/g, (_, name) =>
      typeof now[name] === 'number' ? new Intl.NumberFormat(language).format(now[name]) : (now[name] ?? ''),
    );
  let unanswered = 0;
  const look = async () => {
    const now = await fetch(status).then(answer => answer.json(), () => ({}));
    const isNew = now.attempt !== undefined && String(now.attempt) !== attempt;
    if (isNew && now.state !== 'running') {
      progress.textContent = '';
      ending.textContent = fill(now.state === 'done' ? done : failed, now);
      ending.className = now.state === 'done' ? 'done' : 'bad';
      if (now.state === 'done') form.remove();
      return;
    }
    if (isNew) {
      unanswered = 0;
      progress.textContent = fill(running, now);
    } else if (++unanswered > 60) return;
    setTimeout(look, 1000);
  };
  if ('watching' in box.dataset) look();
  form?.addEventListener('submit', () => {
    ending.textContent = ending.className = '';
    setTimeout(look, 500);
  });
}

async function copy(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return false;
  }
}

for (const block of document.querySelectorAll('[data-copy]')) {
  const source = block.querySelector('pre');
  const { copy: label, copied, copyLabel } = block.dataset;
  const act = button(block, label, '');
  act.setAttribute('aria-label', copyLabel);
  const status = document.createElement('span');
  status.className = 'unseen';
  status.setAttribute('role', 'status');
  block.append(status);
  act.addEventListener('click', async () => {
    if (!(await copy(source.textContent, source))) return;
    act.textContent = copied;
    status.textContent = copied;
    setTimeout(() => { act.textContent = label; status.textContent = ''; }, 2000);
  });
}
`;
