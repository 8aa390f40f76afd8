import { isAppError, type Viewer } from '@daikaifa/kernel';
import { SignJWT } from 'jose';
import { deriveKey } from './derived-key';
import { signIdentity, verifyIdentity } from './identity';
import { createTokenVerifier, issueDevelopmentToken } from './token';

const secret = 'identity-secret-of-the-unit-specs-000';
const viewer: Viewer = { subject: 'user-1', roles: ['PUBLISHER_ADMIN'], publisherIds: ['p1', 'p2'] };
const at = (time: string): { now(): Date } => ({ now: () => new Date(time) });
const clock = at('2026-03-01T12:00:00Z');

const reason = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return isAppError(error) && error.code === 'UNAUTHENTICATED' ? error.details['reason'] : error;
  }
};

describe('signed identity', () => {
  it('carries the viewer and the correlation id to a subgraph', async () => {
    const token = await signIdentity(viewer, secret, { correlationId: 'c-1', clock });

    expect(await verifyIdentity(token, secret, { clock })).toEqual({ ...viewer, correlationId: 'c-1' });
  });

  it('is exactly the viewer where no correlation id was given', async () => {
    expect(await verifyIdentity(await signIdentity(viewer, secret), secret)).toEqual(viewer);
  });

  it('lives for 30 seconds and the tolerance of the clocks', async () => {
    const token = await signIdentity(viewer, secret, { clock });

    expect(await reason(verifyIdentity(token, secret, { clock: at('2026-03-01T12:00:34Z') }))).toBe('accepted');
    expect(await reason(verifyIdentity(token, secret, { clock: at('2026-03-01T12:00:36Z') }))).toBe('TOKEN_EXPIRED');
  });

  it('is refused with another secret, and when it is no token at all', async () => {
    const token = await signIdentity(viewer, `${secret}-other`, { clock });

    expect(await reason(verifyIdentity(token, secret, { clock }))).toBe('SIGNATURE');
    expect(await reason(verifyIdentity('', secret, { clock }))).toBe('TOKEN_MALFORMED');
    expect(await reason(verifyIdentity('a.b.c', secret, { clock }))).toBe('TOKEN_MALFORMED');
  });

  it('is no access token, and an access token is no identity, even under one secret', async () => {
    const names = { issuer: 'daikaifa-gateway', audience: 'daikaifa-subgraphs' };
    const access = await issueDevelopmentToken({
      ...names,
      secret,
      clock,
      subject: 'user-1',
      roles: ['OPERATOR'],
      publisherIds: [],
      ttlSec: 60,
    });
    const verify = createTokenVerifier({ ...names, developmentSecret: secret, environment: 'development', clock });

    expect(await reason(verifyIdentity(access, secret, { clock }))).toBe('SIGNATURE');
    expect(await reason(verify(`Bearer ${await signIdentity(viewer, secret, { clock })}`))).toBe('SIGNATURE');
  });

  it('is bound to subgraphs as its audience', async () => {
    const token = await new SignJWT({ sub: 'user-1', iat: 1772366400, exp: 1772366430 })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('daikaifa-gateway')
      .setAudience('elsewhere')
      .sign(deriveKey(secret, 'identity'));

    expect(await reason(verifyIdentity(token, secret, { clock }))).toBe('AUDIENCE');
  });

  it('needs a secret of 32 bytes', async () => {
    await expect(signIdentity(viewer, 'short')).rejects.toThrow(/32 bytes/);
  });
});
