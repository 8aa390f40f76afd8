import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { isAppError, type AppError } from '@daikaifa/kernel';
import { base64url, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { createTokenVerifier, issueDevelopmentToken, type TokenVerifierOptions } from './token';

const secret = 'development-secret-of-the-unit-specs';
const issuer = 'https://issuer.example';
const audience = 'daikaifa';
const now = new Date('2026-03-01T12:00:00Z');
const nowSec = now.getTime() / 1000;
const clock = { now: () => now };

const verifier = (options: Partial<TokenVerifierOptions> = {}): ReturnType<typeof createTokenVerifier> =>
  createTokenVerifier({ issuer, audience, developmentSecret: secret, environment: 'development', clock, ...options });

const token = (
  claims: Record<string, unknown> = {},
  key: Uint8Array = Buffer.from(secret),
  alg = 'HS256',
): Promise<string> =>
  new SignJWT({
    iss: issuer,
    aud: audience,
    sub: 'user-1',
    exp: nowSec + 60,
    roles: ['VIEWER'],
    publisher_id: 'pub-1',
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(key);

const refusal = async (work: Promise<unknown>): Promise<AppError> => {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) {
      return error;
    }
    throw error;
  }
  throw new Error('accepted');
};

const reason = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await refusal(work);
  expect(error.code).toBe('UNAUTHENTICATED');
  return error.details['reason'];
};

describe('tokens of the development issuer', () => {
  it('become a viewer', async () => {
    const issued = await issueDevelopmentToken({
      secret,
      issuer,
      audience,
      clock,
      subject: 'user-1',
      roles: ['PUBLISHER_ADMIN', 'REVIEWER'],
      publisherIds: ['p1', 'p2'],
      ttlSec: 60,
    });

    expect(await verifier()(`Bearer ${issued}`)).toEqual({
      subject: 'user-1',
      roles: ['PUBLISHER_ADMIN', 'REVIEWER'],
      publisherIds: ['p1', 'p2'],
    });
  });

  it('may name one tenant as text, and roles that we do not know', async () => {
    const issued = await token({ roles: ['VIEWER', 'SOMETHING_ELSE', 'VIEWER', 'viewer'], publisher_id: 'p1' });

    expect(await verifier()(`bearer ${issued}`)).toEqual({
      subject: 'user-1',
      roles: ['VIEWER'],
      publisherIds: ['p1'],
    });
  });

  it('without roles and tenants are a viewer who may do nothing', async () => {
    const issued = await token({ roles: undefined, publisher_id: undefined });

    expect(await verifier()(`Bearer ${issued}`)).toEqual({ subject: 'user-1', roles: [], publisherIds: [] });
  });

  it.each<readonly [string, Record<string, unknown>, string]>([
    ['expired', { exp: nowSec - 31 }, 'TOKEN_EXPIRED'],
    ['without expiry', { exp: undefined }, 'CLAIMS'],
    ['not yet valid', { nbf: nowSec + 31 }, 'TOKEN_NOT_YET_VALID'],
    ['of another issuer', { iss: 'https://other.example' }, 'ISSUER'],
    ['without issuer', { iss: undefined }, 'ISSUER'],
    ['for another audience', { aud: 'other' }, 'AUDIENCE'],
    ['without audience', { aud: undefined }, 'AUDIENCE'],
    ['without subject', { sub: undefined }, 'CLAIMS'],
    ['with an empty subject', { sub: '' }, 'CLAIMS'],
    ['with an overlong subject', { sub: 'x'.repeat(257) }, 'CLAIMS'],
    ['with roles as text', { roles: 'VIEWER' }, 'CLAIMS'],
    ['with roles that are no texts', { roles: [1] }, 'CLAIMS'],
    ['with a tenant that is a number', { publisher_id: 7 }, 'CLAIMS'],
    ['with an empty tenant', { publisher_id: [''] }, 'CLAIMS'],
  ])('are refused when %s', async (_name, claims, expected) => {
    expect(await reason(verifier()(`Bearer ${await token(claims)}`))).toBe(expected);
  });

  it('are accepted within the tolerance of the clocks', async () => {
    const issued = await token({ exp: nowSec - 29, nbf: nowSec + 29 });

    await expect(verifier()(`Bearer ${issued}`)).resolves.toMatchObject({ subject: 'user-1' });
  });

  it('are refused when signed with another secret, altered, unsigned or signed with another algorithm', async () => {
    const [header, , signature] = (await token()).split('.');
    const altered = `${header}.${base64url.encode(JSON.stringify({ iss: issuer, aud: audience, sub: 'x', exp: nowSec + 60 }))}.${signature}`;
    const unsigned = new UnsecuredJWT({ sub: 'x', exp: nowSec + 60 }).encode();

    expect(
      await reason(verifier()(`Bearer ${await token({}, Buffer.from('another-secret-of-the-unit-specs!!'))}`)),
    ).toBe('SIGNATURE');
    expect(await reason(verifier()(`Bearer ${altered}`))).toBe('SIGNATURE');
    expect(await reason(verifier()(`Bearer ${unsigned}`))).toBe('TOKEN_MALFORMED');
    expect(await reason(verifier()(`Bearer ${unsigned}c2ln`))).toBe('ALGORITHM');
    expect(await reason(verifier()(`Bearer ${await token({}, Buffer.from(secret), 'HS384')}`))).toBe('ALGORITHM');
  });

  it.each([
    [undefined, 'TOKEN_MISSING'],
    ['  ', 'TOKEN_MISSING'],
    ['Basic dXNlcjp3b3Jk', 'TOKEN_MALFORMED'],
    ['Bearer', 'TOKEN_MALFORMED'],
    ['Bearer abc', 'TOKEN_MALFORMED'],
    ['Bearer a.b.c', 'TOKEN_MALFORMED'],
    [`Bearer a.${'b'.repeat(20_000)}.c`, 'TOKEN_MALFORMED'],
  ])('are refused when the header is %j', async (header, expected) => {
    expect(await reason(verifier()(header))).toBe(expected);
  });

  it('never appear in the error, its cause or its texts', async () => {
    const issued = await token({ sub: 'subject-to-keep-out', exp: nowSec - 100 });

    const error = await refusal(verifier()(`Bearer ${issued}`));

    const everything = inspect([error, error.text, error.details], { depth: null });
    expect(everything).not.toContain(issued.split('.')[1]);
    expect(everything).not.toContain('subject-to-keep-out');
    expect(error.text.zh).not.toBe('');
    expect(error.text.en).not.toBe('');
  });

  it('are refused as a source in production, with a short secret, and without any source', () => {
    expect(() => verifier({ environment: 'production' })).toThrow(/production/);
    expect(() => verifier({ developmentSecret: 'short' })).toThrow(/32 bytes/);
    expect(() => verifier({ developmentSecret: undefined })).toThrow(/key set/);
  });
});

describe('tokens of an identity provider', () => {
  let published: JWK[] = [];
  let requests = 0;
  let answer: 'keys' | 'fault' | 'silence' = 'keys';
  const server = createServer((_request, response) => {
    requests += 1;
    if (answer === 'keys') {
      response.end(JSON.stringify({ keys: published }));
    } else if (answer === 'fault') {
      response.writeHead(500).end();
    }
  });
  let url = '';
  let atMs = now.getTime();
  const moving = { now: () => new Date(atMs) };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    published = [];
    requests = 0;
    answer = 'keys';
    atMs = now.getTime();
  });

  const keyPair = async (kid: string): Promise<{ readonly sign: CryptoKey; readonly jwk: JWK }> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    return { sign: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  };
  const issued = async (key: CryptoKey, kid: string): Promise<string> =>
    `Bearer ${await new SignJWT({
      iss: issuer,
      aud: audience,
      sub: 'user-1',
      exp: atMs / 1000 + 60,
      roles: ['BACKEND'],
    })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(key)}`;
  const remote = (options: Partial<TokenVerifierOptions> = {}): ReturnType<typeof createTokenVerifier> =>
    verifier({ jwksUrl: url, developmentSecret: undefined, environment: 'production', clock: moving, ...options });

  it('are verified with its published keys, fetched once for many', async () => {
    const key = await keyPair('k1');
    published = [key.jwk];
    const verify = remote();
    const header = await issued(key.sign, 'k1');

    const viewers = await Promise.all(Array.from({ length: 20 }, () => verify(header)));

    expect(viewers[0]).toEqual({ subject: 'user-1', roles: ['BACKEND'], publisherIds: [] });
    expect(requests).toBe(1);
  });

  it('are verified with a new key as soon as the provider rotates, and an invented key id costs no request each', async () => {
    const [old, next, foreign] = await Promise.all([keyPair('k1'), keyPair('k2'), keyPair('k3')]);
    published = [old.jwk];
    const verify = remote();
    await verify(await issued(old.sign, 'k1'));
    published = [next.jwk];
    atMs += 31_000;

    await expect(verify(await issued(next.sign, 'k2'))).resolves.toMatchObject({ subject: 'user-1' });
    const header = await issued(foreign.sign, 'k3');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await reason(verify(header))).toBe('KEY_UNKNOWN');
    }

    expect(requests).toBe(2);
    expect(await reason(verify(await issued(old.sign, 'k1')))).toBe('KEY_UNKNOWN');
  });

  it('are refused when another key signed under a known id', async () => {
    const [real, forged] = await Promise.all([keyPair('k1'), keyPair('k1')]);
    published = [real.jwk];

    expect(await reason(remote()(await issued(forged.sign, 'k1')))).toBe('SIGNATURE');
  });

  it('go on for an hour on known keys while the provider is away, then stop', async () => {
    const key = await keyPair('k1');
    published = [key.jwk];
    const verify = remote();
    await verify(await issued(key.sign, 'k1'));
    answer = 'fault';

    atMs += 59 * 60_000;
    await expect(verify(await issued(key.sign, 'k1'))).resolves.toMatchObject({ subject: 'user-1' });
    atMs += 2 * 60_000;
    expect(await reason(verify(await issued(key.sign, 'k1')))).toBe('KEYS_UNREACHABLE');
    answer = 'keys';
    atMs += 31_000;
    await expect(verify(await issued(key.sign, 'k1'))).resolves.toMatchObject({ subject: 'user-1' });
  });

  it('are refused in time when the provider does not answer', async () => {
    const key = await keyPair('k1');
    answer = 'silence';

    expect(await reason(remote({ keysTimeoutMs: 100 })(await issued(key.sign, 'k1')))).toBe('KEYS_UNREACHABLE');
  });

  it('cannot be forged with a published key used as the secret of an HMAC', async () => {
    const key = await keyPair('k1');
    published = [key.jwk];
    const forged = await new SignJWT({ iss: issuer, aud: audience, sub: 'x', exp: nowSec + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(Buffer.from(JSON.stringify(key.jwk)));

    expect(await reason(remote()(`Bearer ${forged}`))).toBe('ALGORITHM');
  });

  it('and of the development issuer are both accepted where both are configured', async () => {
    const key = await keyPair('k1');
    published = [key.jwk];
    const verify = remote({ developmentSecret: secret, environment: 'development' });

    await expect(verify(await issued(key.sign, 'k1'))).resolves.toMatchObject({ roles: ['BACKEND'] });
    await expect(verify(`Bearer ${await token()}`)).resolves.toMatchObject({ roles: ['VIEWER'] });
  });
});
