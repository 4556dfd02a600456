import { isSoundTarget } from './request-target.js';

describe('isSoundTarget', () => {
  it.each([
    '/',
    '/demo/sse',
    '/demo/sse?cursor=a//b',
    '/.well-known/oauth-authorization-server/demo',
    '/demo/authorize?redirect_uri=https%3A%2F%2Fclaude.ai%2Fx',
    '/a..b/c.',
  ])('accepts %s', target => expect(isSoundTarget(target)).toBe(true));

  it.each([
    'http://evil.com/demo/sse',
    '*',
    '',
    '//demo/sse',
    '/demo//sse',
    '/demo/../production/token',
    '/demo/./sse',
    '/demo/..',
    '/demo%2fsse',
    '/demo/%2e%2e/production',
    '/demo%5Csse',
    '/demo\\sse',
    '/demo/\u00e9',
    '/a#b',
    '/%00',
  ])('refuses %s', target => expect(isSoundTarget(target)).toBe(false));
});
