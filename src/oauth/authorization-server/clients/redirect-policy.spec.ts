import fc from 'fast-check';
import {
  isAllowedRedirect,
  isLoopbackUri,
  isSameRedirect,
  matchesHost,
  redirectFault,
  shown,
} from './redirect-policy.js';

const rules = { allowedRedirectHosts: ['claude.ai', '*.example.com'], allowedRedirectSchemes: ['cursor'] };

describe('redirect URIs', () => {
  it.each([
    'https://claude.ai/api/mcp/auth_callback',
    'https://a.example.com/x',
    'https://a.b.example.com/x?y=z',
    'http://localhost:8787/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:9/x',
    'cursor://x/y',
    // Applications that every tenant knows.
    'claude://claude.ai/mcp-auth-callback/sdk',
    'warp://mcp/oauth2callback',
    // An empty path of this device is `/`.
    'http://127.0.0.1:33418',
    'http://localhost',
    'http://[::1]:9?x=y',
  ])('may be %s', uri => expect(isAllowedRedirect(uri, rules)).toBe(true));

  it.each([
    'https://example.com/x',
    'https://xexample.com/x',
    'https://claude.ai.evil.com/',
    'cursor2://x/y',
    'CURSOR://x/y',
    'javascript:alert(1)',
    'http://localhost.evil.com/',
    'http://127.0.0.2/',
    'https://claude.ai',
    'claude://claude.ai/mcp-auth-callback/sdk/x',
    'claude://claude.ai/mcp-auth-callback/sdk?x',
    'claude://evil',
    'HTTP://127.0.0.1',
    'http://LOCALHOST',
    'http://localhost.:1',
    'http://127.0.0.1:80',
    'http://user@127.0.0.1',
    'http://127.0.0.1#',
    'http://evil.example',
    undefined,
    1,
    ['https://claude.ai/x'],
  ])('may not be %s', uri => expect(isAllowedRedirect(uri, rules)).toBe(false));

  it.each([
    ['https://app.example/cb', 'an administrator can add app.example to ALLOWED_REDIRECT_HOSTS'],
    ['zed://mcp', 'an administrator can add zed to ALLOWED_REDIRECT_SCHEMES'],
    ['https://CLAUDE.ai/cb', 'is not written in its canonical form'],
    ['http://app.example/cb', 'uses http, which is allowed only for this device (localhost)'],
    ['javascript:alert(1)', 'has a scheme that is never allowed'],
  ])('are refused with the reason, and the setting that would allow them: %s', (uri, reason) => {
    expect(redirectFault(uri, rules)).toContain(reason);
  });

  it.each([
    ['http://127.0.0.1:1/cb', 'http://localhost:2/cb'],
    ['http://localhost/cb', 'http://[::1]:3/cb'],
    ['http://127.0.0.1', 'http://localhost:5/'],
    ['https://claude.ai/x', 'https://claude.ai/x'],
  ])('%s counts as %s', (one, other) => {
    expect(isSameRedirect(one, other)).toBe(true);
    expect(isSameRedirect(other, one)).toBe(true);
  });

  it.each([
    ['http://127.0.0.1:1/cb', 'http://localhost:2/other'],
    ['http://127.0.0.1:1/cb', 'http://localhost:2/cb/'],
    ['http://127.0.0.1:1/cb', 'http://localhost:2/cb?x'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2/cb'],
    ['https://claude.ai/x', 'https://claude.ai:443/x'],
  ])('%s does not count as %s', (one, other) => expect(isSameRedirect(one, other)).toBe(false));

  it('are shown without what could be a secret or could deceive', () => {
    expect(shown('https://u:p@x.example/a"b\u202e?code=1#x')).toBe('https://***@x.example/a_b_');
    expect(shown(`https://x/${'a'.repeat(500)}`)).toHaveLength(203);
  });

  it('are never a scheme that a browser runs, though configured', () => {
    const careless = { ...rules, allowedRedirectSchemes: ['javascript', 'data', 'file', 'vbscript', 'blob'] };
    for (const uri of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd']) {
      expect(isAllowedRedirect(uri, careless)).toBe(false);
    }
  });

  it('lead to a listed host or this machine, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string().map(text => `https://${text}`),
          fc.string(),
        ),
        uri => {
          if (!isAllowedRedirect(uri, rules)) return;
          const { hostname, protocol } = new URL(uri);
          const listed = hostname === 'claude.ai' || hostname.endsWith('.example.com');
          expect((protocol === 'https:' && listed) || isLoopbackUri(uri) || protocol === 'cursor:').toBe(true);
        },
      ),
    );
  });

  it('match wildcards below a host only', () => {
    expect(matchesHost('a.claude.ai', '*.claude.ai')).toBe(true);
    expect(matchesHost('claude.ai', '*.claude.ai')).toBe(false);
    expect(matchesHost('.claude.ai', '*.claude.ai')).toBe(false);
    expect(matchesHost('aclaude.ai', '*.claude.ai')).toBe(false);
  });
});
