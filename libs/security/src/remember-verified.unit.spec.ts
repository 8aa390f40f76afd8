import { manualClock } from '@daikaifa/testing';
import { rememberVerified } from './remember-verified';
import { createTokenVerifier, issueDevelopmentToken } from './token';

const secret = 'development-secret-of-the-test-suites-0123456789';
const common = { issuer: 'i', audience: 'a' };

const open = (capacity = 10) => {
  const clock = manualClock();
  const real = createTokenVerifier({ ...common, developmentSecret: secret, environment: 'development', clock });
  const verified: (string | undefined)[] = [];
  const verify = rememberVerified(
    (header) => {
      verified.push(header);
      return real(header);
    },
    { clock, ttlMs: 10_000, capacity },
  );
  const tokenOf = async (subject: string, ttlSec = 60): Promise<string> =>
    `Bearer ${await issueDevelopmentToken({ ...common, secret, subject, roles: ['BACKEND'], publisherIds: ['p1'], ttlSec, clock })}`;
  return { clock, verify, verified, tokenOf };
};

describe('a verified token', () => {
  it('is taken again without a look at its signature, for a while', async () => {
    const { clock, verify, verified, tokenOf } = open();
    const token = await tokenOf('one');
    const viewer = await verify(token);
    clock.advance(9_999);
    expect(await verify(token)).toEqual(viewer);
    expect(verified).toHaveLength(1);
    clock.advance(1);
    await verify(token);
    expect(verified).toHaveLength(2);
  });

  it('is not taken beyond its own end', async () => {
    const { clock, verify, verified, tokenOf } = open();
    const token = await tokenOf('one', 5);
    await verify(token);
    clock.advance(5_000);
    // Within the tolerance of the clocks it is still good, but looked at each time.
    await verify(token);
    await verify(token);
    expect(verified).toHaveLength(3);
    clock.advance(31_000);
    await expect(verify(token)).rejects.toMatchObject({ details: { reason: 'TOKEN_EXPIRED' } });
  });

  it('stands for itself alone: another signature, another token, no token are looked at', async () => {
    const { verify, tokenOf } = open();
    const token = await tokenOf('one');
    await verify(token);
    const forged = `${token.slice(0, token.lastIndexOf('.') + 1)}${'A'.repeat(43)}`;
    await expect(verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(verify(undefined)).rejects.toMatchObject({ details: { reason: 'TOKEN_MISSING' } });
    expect((await verify(await tokenOf('two'))).subject).toBe('two');
  });

  it('is forgotten when there are too many', async () => {
    const { verify, verified, tokenOf } = open(2);
    const tokens = [await tokenOf('one'), await tokenOf('two'), await tokenOf('three')];
    for (const token of [...tokens, tokens[2], tokens[0]]) {
      await verify(token);
    }
    expect(verified).toEqual([...tokens, tokens[0]]);
  });
});
