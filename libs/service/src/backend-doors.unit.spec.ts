import { systemClock } from '@daikaifa/kernel';
import { createHttpServer } from '@daikaifa/observability';
import { issueDevelopmentToken } from '@daikaifa/security';
import { silentLogger } from '@daikaifa/testing';
import { addBackendDoor, tokenVerifierOf } from './backend-doors';

const secret = 'development-secret-of-the-test-suites-0123456789';
const tokens = {
  issuer: 'daikaifa-development',
  audience: 'daikaifa',
  jwksUrl: undefined,
  developmentSecret: { reveal: () => secret },
};
type Config = Parameters<typeof tokenVerifierOf>[0];

const open = () => {
  const server = createHttpServer({ service: 'test', logger: silentLogger() });
  const verify = tokenVerifierOf({ tokens, environment: 'development' } as unknown as Config, systemClock);
  addBackendDoor<{ Body: { readonly word: string } }>(server, verify, {
    method: 'POST',
    url: '/door',
    bodyLimitBytes: 64,
    answer: async (viewer, { body }) => ({ subject: viewer.subject, word: body.word }),
  });
  return server;
};
const bearer = async (): Promise<string> =>
  `Bearer ${await issueDevelopmentToken({
    secret,
    issuer: 'daikaifa-development',
    audience: 'daikaifa',
    subject: 'backend-1',
    roles: ['BACKEND'],
    publisherIds: ['p1'],
    ttlSec: 60,
  })}`;

describe('a door for backends', () => {
  it('hands over who asks, and keeps the answer from being cached', async () => {
    const headers = { authorization: await bearer() };
    const response = await open().inject({ method: 'POST', url: '/door', headers, payload: { word: 'w' } });
    expect(response.json()).toEqual({ subject: 'backend-1', word: 'w' });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('turns away who has no token, before the body is read', async () => {
    const payload = { word: 'too long for this door'.repeat(10) };
    const refused = await open().inject({ method: 'POST', url: '/door', payload });
    expect({ status: refused.statusCode, code: refused.json().code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(refused.headers['cache-control']).toBe('no-store');
    const headers = { authorization: await bearer() };
    expect((await open().inject({ method: 'POST', url: '/door', headers, payload })).statusCode).toBe(413);
  });
});

it('refuses the development issuer in production', () => {
  expect(() => tokenVerifierOf({ tokens, environment: 'production' } as unknown as Config, systemClock)).toThrow();
});
