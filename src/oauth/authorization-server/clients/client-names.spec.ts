import { imitationFault, tidyName } from './client-names.js';

describe('the name of a client', () => {
  it.each([
    ['Ｍｙ ﬁne tool', 'My fine tool'],
    ['Sa\u200bles\u3164 bot\u2800', 'Sales bot'],
    ['  Two   spaces ', 'Two spaces'],
    ['e\u0301', 'é'],
    ['❤\ufe0f', '❤'],
    ['tag\u{e0041}', 'tag'],
    ['soft\u00adhyphen', 'softhyphen'],
  ])('%j becomes %j', (raw, tidied) => expect(tidyName(raw)).toBe(tidied));

  it.each([
    'Сlaude',
    'Clаude',
    'C1aude',
    'CIaude',
    'C|aude',
    'Ｃｌａｕｄｅ',
    'Cláude',
    'Claude\u3164',
    'Cla\u200bude',
    'Cla\u200aude',
    '\u2800Claude Code',
    'Claude Сode (sales)',
    'ChatGPТ',
    'Сhat GPT',
    '0penAI',
    'Сursor',
    'Cuгsor',
    'Curs0r for teams',
    'Codех',
    'Visual Studio Соde',
    'Gооse',
    'GitHub Сopilot',
    'Claude ChatGPТ',
    'Сlaude by Claude',
    'Claude\u0301',
    'Claude\u0336 helper',
    'ꓚlaude',
    'Ꮯlaude',
  ])('%j is refused, on this device too', name => {
    expect(imitationFault(name, [undefined])).toMatch(/^looks like "/);
  });

  it.each([
    ['Claude', ['claude.ai', 'claude.com']],
    ['Claude Code (sales)', [undefined]],
    ['Claude-Code', [undefined]],
    ['Chat GPT', ['chatgpt.com']],
    ['Cursor', [undefined, 'www.cursor.com']],
    ['Visual Studio Code', ['insiders.vscode.dev', 'vscode.dev', undefined]],
    ['opencode', ['opencode.ai']],
    ['Claude AI', ['claude.ai']],
    ['Café™', ['chatgpt.com']],
    // Names that only speak of a known client, or only resemble one in part.
    ['My bridge for Claude', ['global.consent.azure-apim.net']],
    ['Claude ❤\ufe0f', ['global.consent.azure-apim.net']],
    ['Client 90053', ['chatgpt.com']],
    ['Ти\u0301хий клиент', ['chatgpt.com']],
    ['Кодекс', ['chatgpt.com']],
    ['Zedd', ['chatgpt.com']],
    ['Cursorial', ['chatgpt.com']],
  ])('%j is allowed for %j', (name, targets) => expect(imitationFault(name, targets)).toBeUndefined());

  it.each([
    ['Claude', ['global.consent.azure-apim.net']],
    ['claude code', ['evil.example']],
    ['Claude Code (sales)', ['claude.ai', 'evil.example']],
    ['ChatGPT', ['claude.ai']],
    ['Claude AI', ['chatgpt.com']],
    ['Claude.ai', ['vscode.dev']],
    ['ClaudeAI', ['vscode.dev']],
    ['Claude™', ['vscode.dev']],
    ['Cursor®', ['vscode.dev']],
    ['Zed', ['github.com']],
  ])('%j is refused for %j', (name, targets) => {
    expect(imitationFault(name, targets)).toMatch(/^is the name of another application/);
  });
});
