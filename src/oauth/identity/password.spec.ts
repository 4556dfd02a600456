import { hashPassword, passwordMatches } from './password.js';

describe('passwords', () => {
  it('match their own hash, in either Unicode form, and no other', async () => {
    const hash = await hashPassword('contraseña larga');
    expect(await passwordMatches('contraseña larga', hash)).toBe(true);
    expect(await passwordMatches('contraseña larga'.normalize('NFD'), hash)).toBe(true);
    expect(await passwordMatches('contrasena larga', hash)).toBe(false);
    expect(await hashPassword('contraseña larga')).not.toBe(hash);
  });

  it.each([undefined, '', 'plain', '$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA', '$2b$10$x'])(
    'match nothing that is no argon2id hash: %s',
    async hash => expect(await passwordMatches('', hash)).toBe(false),
  );

  it('never match above 1,024 bytes, nor cost anything', async () => {
    const begun = performance.now();
    expect(await passwordMatches('x'.repeat(100_000), await hashPassword('x'.repeat(1_024)))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('cost as much for a name nobody has', async () => {
    const hash = await hashPassword('some password');
    const timed = async (stored: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let turn = 0; turn < 7; turn++) {
        const begun = performance.now();
        await passwordMatches('a guess', stored);
        times.push(performance.now() - begun);
      }
      return times.sort((a, b) => a - b)[3] ?? 0;
    };
    const [known, unknown] = [await timed(hash), await timed(undefined)];
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });

  it('are hashed two at a time; more than 64 waiting attempts are rejected', async () => {
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => passwordMatches('x', undefined)));
    const refused = results.filter(result => result.status === 'rejected');
    expect(refused).toHaveLength(80 - 2 - 64);
    expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
    expect(await passwordMatches('x', await hashPassword('x'))).toBe(true);
  });
});
