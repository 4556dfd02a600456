/** A client that people know by name, and where its answers may go: to this device, or to these hosts. */
interface KnownName {
  readonly name: string;
  readonly hosts: readonly string[];
}

const ANTHROPIC = ['claude.ai', 'claude.com', 'anthropic.com'];
const OPENAI = ['chatgpt.com', 'openai.com'];
const VS_CODE = ['vscode.dev', 'insiders.vscode.dev', 'code.visualstudio.com'];
const CURSOR = ['cursor.com', 'www.cursor.com'];
const GITHUB = ['github.com'];

const KNOWN: readonly KnownName[] = [
  { name: 'Claude Desktop', hosts: ANTHROPIC },
  { name: 'Claude Code', hosts: ANTHROPIC },
  { name: 'Claude AI', hosts: ANTHROPIC },
  { name: 'Claude', hosts: ANTHROPIC },
  { name: 'Anthropic', hosts: ANTHROPIC },
  { name: 'ChatGPT', hosts: OPENAI },
  { name: 'OpenAI', hosts: OPENAI },
  { name: 'Codex', hosts: OPENAI },
  { name: 'Visual Studio Code', hosts: VS_CODE },
  { name: 'VS Code', hosts: VS_CODE },
  { name: 'Cursor', hosts: CURSOR },
  { name: 'GitHub Copilot CLI', hosts: GITHUB },
  { name: 'GitHub Copilot', hosts: GITHUB },
  { name: 'opencode', hosts: ['opencode.ai'] },
  { name: 'Zed', hosts: ['zed.dev'] },
  { name: 'Goose', hosts: ['goose-docs.ai'] },
];

/** Characters that are invisible, though Unicode calls some of them letters (U+3164) or symbols (U+2800). */
const INVISIBLE = /[\u2800\p{Default_Ignorable_Code_Point}]/gu;

/** Symbols that claim a brand, such as ™. They are removed before NFKC, which would turn some of them into letters. */
const OWNERSHIP = /[®©™℠]/g;

/** The name in its compatible composed form (NFKC), without characters that nobody sees and with single spaces. */
export function tidyName(name: string): string {
  return name.normalize('NFKC').replace(INVISIBLE, '').replace(/ +/g, ' ').trim();
}

/**
 * What is wrong with a name that imitates a known client's; undefined: nothing. `targets` are the hosts that the client
 * can be recognised by: the host of its document, or those of its redirect URIs; undefined stands for this device.
 *
 * This compares the names of known clients only, by the letters that people confuse most (`FOLDED`): it can't find every
 * imitation, so the consent page always shows where the answer goes.
 */
export function imitationFault(sent: string, targets: readonly (string | undefined)[]): string | undefined {
  const raw = sent.replace(OWNERSHIP, '').normalize('NFC');
  const tidied = tidyName(raw);
  const words = wordsOf(fold(raw));
  for (const { name, hosts } of KNOWN) {
    if (!containsWords(words, wordsOf(fold(name)))) continue;
    const whole = plain(tidied.replace(/\(.*\)$/, '')) === plain(name);
    const rest = wordsOf(fold(raw.replace(plainly(name), ' - ')));
    if (containsWords(rest, wordsOf(fold(name))) || (whole && raw.replace(/ +/g, ' ').trim() !== tidied)) {
      return `looks like "${name}", but is written with other characters`;
    }
    if (whole && !targets.every(host => host === undefined || hosts.includes(host))) {
      return `is the name of another application ("${name}")`;
    }
  }
  return undefined;
}

/**
 * Characters that look like a Latin letter, by the letter: Cyrillic, Greek, Armenian, Lisu, Cherokee and Latin letters,
 * digits, signs; in lower case where there is one.
 */
const FOLDED: Readonly<Record<string, string>> = {
  a: 'аαɑ@ꓮꭺ',
  b: 'ьЬвβꓐ',
  c: 'сϲς¢ꓚꮯ',
  d: 'ԁɗđꓓꭰ',
  e: 'еёεєɛꓰꭼ',
  g: 'ɡԍցꓖꮐ',
  h: 'һнηհꓧꮋ',
  k: 'кκĸꓗꮶ',
  // I, l, 1 and | are one stroke; a folded i counts as l.
  l: 'iıіїιӏ1|łꓲꓡꮮ',
  m: 'мꓟꮇ',
  n: 'пոռпꓠ',
  o: 'оοσօø0ꓳ',
  p: 'рρթꓑꮲ',
  r: 'гɾꓣꮢ',
  s: 'ѕꜱ$ꓢꮪ',
  t: 'тτꓔꭲ',
  u: 'υսцμꓴ',
  v: 'νѵꓦꮩ',
  w: 'ωшѡաꓪꮃ',
  x: 'хχ×ꓫ',
  y: 'уγүꓬ',
  z: 'ᴢꓜꮓ',
};

const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries(FOLDED).flatMap(([letter, likes]) => [...likes].map(like => [like, letter] as const)),
);

/** The text as Latin letters that nobody can confuse with each other. */
function fold(text: string): string {
  const bare = tidyName(text).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...bare]
    .map(character => LETTERS.get(character) ?? character)
    .join('')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
}

const wordsOf = (folded: string): readonly string[] => folded.split(/[^a-z]+/).filter(word => word !== '');

/** Without the signs that a reader sees as a gap: `Claude-Code` is `Claude Code`. */
const plain = (text: string): string => text.toLowerCase().replace(/[ ._-]/g, '');

/** Finds the name in plain letters, without an accent at its end. */
const plainly = (name: string): RegExp => new RegExp(`${[...plain(name)].join('[ ._-]*')}(?!\\p{M})`, 'giu');

/** Whether the words stand in the list one after another, whether or not spaces part them: `Chat GPT` is `ChatGPT`. */
function containsWords(list: readonly string[], words: readonly string[]): boolean {
  const sought = words.join('');
  return list.some((_, from) => {
    let text = '';
    for (let at = from; at < list.length && text.length < sought.length; at++) text += list[at];
    return text === sought;
  });
}
