import { err, ok, systemClock, type Result } from '@daikaifa/kernel';
import { connectRedis, createLock, createSharedValues, type RedisConnection } from '@daikaifa/redis';
import { createKeyRing } from '@daikaifa/security';
import { silentLogger, testServers, uniqueName } from '@daikaifa/testing';
import { classifyErrorCode, isRetryable, type TokenAnswer, type WecomFault } from '@daikaifa/wecom-protocol';
import { createSealing } from '../src/application/sealing';
import { createCallStops } from '../src/wecom/call-stops';
import { createTokenCustody, type Grant, type TokenCustody } from '../src/wecom/token-custody';
import { KEY_RING } from './harness';

const prefix = uniqueName('custody');
const connections: RedisConnection[] = [];

/** One process of the cluster. */
const createProcess = (): TokenCustody => {
  const redis = connectRedis({ url: testServers().redisUrl, prefix, logger: silentLogger() });
  connections.push(redis);
  return createTokenCustody({
    values: createSharedValues(redis, createLock(redis), { ttlMs: 10_000, waitMs: 10_000 }),
    stops: createCallStops(redis),
    sealing: createSealing(createKeyRing(KEY_RING)),
    clock: systemClock,
    onIpRefused: () => undefined,
  });
};
const here = createProcess();
const there = createProcess();
afterAll(() => Promise.all(connections.map((connection) => connection.close())));

const faultOf = (errcode: number): WecomFault => {
  const { classification, text } = classifyErrorCode(errcode);
  return {
    ...{ kind: 'ERRCODE', call: 'getToken', classification, reached: 'YES', text, message: text.en, errcode },
    retryable: isRetryable(classification),
  };
};

/** WeCom: each fetch gives the next of these answers, the last one for ever. */
const grantOf = (...answers: readonly (string | number | TokenAnswer)[]) => {
  let fetches = 0;
  const fetch = async (): Promise<Result<TokenAnswer, WecomFault>> => {
    const answer = answers[Math.min(fetches, answers.length - 1)]!;
    fetches += 1;
    if (typeof answer === 'number') {
      return err(faultOf(answer));
    }
    return ok(typeof answer === 'string' ? { token: answer, expiresInSec: 7200 } : answer);
  };
  const grant: Grant = { name: uniqueName('token'), fetch };
  return { grant, fetches: () => fetches };
};

const accepting = (valid: string) => async (token: string) => (token === valid ? ok(token) : err(faultOf(40014)));

const NO_LONGER_VALID = [[40014], [42001], [42009], [40082]];

it.each(NO_LONGER_VALID)('fetches once more and repeats the call once after %s', async (errcode) => {
  const { grant, fetches } = grantOf('old', 'new');
  const used: string[] = [];
  const result = await here.use(grant, async (token) => {
    used.push(token);
    return token === 'new' ? ok('done') : err(faultOf(errcode));
  });
  expect(result).toEqual(ok('done'));
  expect(used).toEqual(['old', 'new']);
  expect(fetches()).toBe(2);
});

it('hands back the refusal when the new token is refused too', async () => {
  const { grant, fetches } = grantOf('one', 'two', 'three');
  const result = await here.use(grant, accepting('never'));
  expect(result.ok ? null : result.error.errcode).toBe(40014);
  expect(fetches()).toBe(2);
});

it('renews a rejected token once for everybody', async () => {
  const { grant, fetches } = grantOf('old', 'new');
  await here.token(grant);
  const calls = [here, there].flatMap((process) =>
    Array.from({ length: 20 }, () => process.use(grant, accepting('new'))),
  );
  expect((await Promise.all(calls)).every((result) => result.ok)).toBe(true);
  expect(fetches()).toBe(2);
  expect((await there.token(grant)).token).toBe('new');
});

it('does not repeat a call that failed for another reason', async () => {
  const { grant, fetches } = grantOf('token');
  let calls = 0;
  const result = await here.use(grant, async () => {
    calls += 1;
    return err(faultOf(48002));
  });
  expect(result.ok ? null : result.error.errcode).toBe(48002);
  expect([calls, fetches()]).toEqual([1, 1]);
});

it('waits out a frequency limit of the calls, in the whole cluster, while the token itself is given out', async () => {
  const { grant } = grantOf('token');
  let calls = 0;
  const call = async () => {
    calls += 1;
    return err(faultOf(45009));
  };
  await here.use(grant, call);
  await expect(there.use(grant, call)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { reason: 'CALLS_STOPPED' },
  });
  expect(calls).toBe(1);
  expect((await there.token(grant)).token).toBe('token');
});

describe('a refused suite_ticket', () => {
  const tickets = (grant: Grant, ticket: string): Grant => ({ ...grant, ticketStopName: `${grant.name}:${ticket}` });

  it('is asked with again as soon as another ticket is there', async () => {
    const { grant, fetches } = grantOf(40085, 'token');
    await expect(here.token(tickets(grant, '1'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(there.token(tickets(grant, '1'))).rejects.toMatchObject({ details: { reason: 'CALLS_STOPPED' } });
    expect(fetches()).toBe(1);
    expect((await there.token(tickets(grant, '2'))).token).toBe('token');
  });

  it('does not make a refused secret be tried with the next ticket', async () => {
    const { grant, fetches } = grantOf(40080, 'token');
    await expect(here.token(tickets(grant, '1'))).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(there.token(tickets(grant, '2'))).rejects.toMatchObject({ details: { reason: 'CALLS_STOPPED' } });
    expect(fetches()).toBe(1);
  });
});

it('can be allowed to ask again for a stopped app, but not during a frequency limit', async () => {
  const stopped = grantOf(50003, 'token');
  await expect(here.token(stopped.grant)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  await there.allowAgain(stopped.grant.name);
  expect((await here.token(stopped.grant)).token).toBe('token');

  const limited = grantOf(45009, 'token');
  await expect(here.token(limited.grant)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await here.allowAgain(limited.grant.name);
  await expect(there.token(limited.grant)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(limited.fetches()).toBe(1);
});

it('gives out no token that has less than five minutes left, where WeCom gives a longer one', async () => {
  const { grant } = grantOf('token');
  const { grant: short, fetches } = grantOf({ token: 'short', expiresInSec: 200 });
  const redis = connections[0]!;
  const startedAt = Date.now();
  await here.token(grant);
  await here.token(short);
  await there.token(short);
  expect(fetches()).toBe(1);
  const expectLife = async (name: string, lifeMs: number): Promise<void> => {
    const restMs = await redis.client.pttl(`value:${name}`);
    // What is missing has passed since then; two clocks are rounded.
    const passedMs = Date.now() - startedAt + 1;
    expect(restMs).toBeLessThanOrEqual(lifeMs);
    expect(restMs + passedMs).toBeGreaterThanOrEqual(lifeMs);
  };
  await expectLife(grant.name, (7200 - 300) * 1000);
  await expectLife(short.name, 100_000);
});

it('forgets a token', async () => {
  const { grant, fetches } = grantOf('one', 'two');
  await here.token(grant);
  await there.forget(grant.name);
  expect((await here.token(grant)).token).toBe('two');
  expect(fetches()).toBe(2);
});

it('is UNAVAILABLE while Redis is away, and asks WeCom nothing', async () => {
  const { grant, fetches } = grantOf('token');
  const cutOff = createProcess();
  await connections.at(-1)?.close();
  await expect(cutOff.token(grant)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(fetches()).toBe(0);
});
