import fc from 'fast-check';
import { isAllowedRedirect, isLoopbackUri, matchesHost } from './redirect-policy.js';

const rules = { allowedRedirectHosts: ['claude.ai', '*.example.com'], allowedRedirectSchemes: ['cursor'] };

describe('redirect URIs', () => {
  it.each([
    'https://claude.ai/api/mcp/auth_callback',
    'https://a.example.com/x',
    'https://a.b.example.com/x?y=z',
    'http://localhost:8787/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:9/x',
    'cursor://anysphere.cursor-mcp/oauth/callback',
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
    undefined,
    1,
    ['https://claude.ai/x'],
  ])('may not be %s', uri => expect(isAllowedRedirect(uri, rules)).toBe(false));

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
