import type { Endpoint, SealedKeyPair } from './endpoint';
import { appEndpointIdOf, endpointIdOf, isEndpointId } from './endpoint';
import {
  followCorpApp,
  followTemplate,
  issueKeys,
  keysUsed,
  makeAppEndpoint,
  makeEndpoint,
  recordProbe,
  type CorpAppStanding,
} from './endpoint.decide';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const BASE = 'https://callback.example.com/';
const now = new Date('2026-03-02T09:00:00.000Z');
const earlier = new Date(now.getTime() - HOUR_MS);
const pair = (id: string): SealedKeyPair => ({ id, token: `sealed-${id}`, encodingAesKey: `sealed-${id}`, issuedAt: earlier });

const template = { templateId: 't1', publisherId: 'p1', deleted: false, watched: false };
const made = makeEndpoint(template, BASE, earlier).next;
const unverified: Endpoint = { ...made, current: pair('a'), issues: ['k0'] };
const verified: Endpoint = { ...unverified, verifiedAt: earlier };
const rotating: Endpoint = { ...verified, next: pair('b') };
const inGrace: Endpoint = {
  ...verified,
  current: pair('b'),
  previous: { ...pair('a'), acceptedUntil: new Date(now.getTime() + HOUR_MS) },
};
const closed: Endpoint = { ...made, closedAt: earlier };
const states = { made, unverified, verified, rotating, inGrace, closed };
type State = keyof typeof states;

const pairsOf = ({ current, next, previous }: Endpoint): string =>
  [current?.id ?? '-', next?.id ?? '-', previous?.id ?? '-'].join(' ');

describe('making', () => {
  it('gives one template one endpoint, whoever makes it', () => {
    const { next, facts } = makeEndpoint(template, BASE, now);
    expect(next).toMatchObject({ id: endpointIdOf('t1'), publisherId: 'p1', url: `https://callback.example.com/callback/suite/${next.id}` });
    expect(facts).toEqual([{ type: 'callback.endpoint.made' }]);
    expect(endpointIdOf('t1')).toBe(endpointIdOf('t1'));
    expect(endpointIdOf('t2')).not.toBe(endpointIdOf('t1'));
    expect(isEndpointId(next.id)).toBe(true);
    expect(isEndpointId(`${next.id}/..`)).toBe(false);
  });
});

describe('every state and action', () => {
  /** Current, next and previous pair afterwards; `=`: nothing changes; an error code: refused. */
  const expected: Readonly<Record<State, Readonly<Record<string, string>>>> = {
    made: { issue: 'n - -', verifyA: '=', verifyB: '=', eventA: '=', eventB: '=', delete: '- - - closed' },
    unverified: { issue: 'n - -', verifyA: 'a - - verified', verifyB: '=', eventA: 'a - - verified', eventB: '=', delete: '- - - closed' },
    verified: { issue: 'a n -', verifyA: 'a - - verified', verifyB: '=', eventA: '=', eventB: '=', delete: '- - - closed' },
    rotating: { issue: 'a n -', verifyA: 'a b - verified', verifyB: 'b - a verified', eventA: '=', eventB: 'b - a verified', delete: '- - - closed' },
    inGrace: { issue: 'b n a', verifyA: '=', verifyB: 'b - a verified', eventA: '=', eventB: '=', delete: '- - - closed' },
    closed: { issue: 'INVALID_STATE', verifyA: '=', verifyB: '=', eventA: '=', eventB: '=', delete: '=' },
  };
  const use = (endpoint: Endpoint, pairId: string, by: 'VERIFICATION' | 'EVENT') =>
    keysUsed(endpoint, { pairId, by, graceMs: 24 * HOUR_MS }, now);
  const actions: Readonly<Record<string, (endpoint: Endpoint) => ReturnType<typeof keysUsed> | string>> = {
    issue: (endpoint) => {
      const result = issueKeys(endpoint, { pair: pair('n'), idempotencyKey: 'k1' }, now);
      return result.ok ? result.value : result.error.code;
    },
    verifyA: (endpoint) => use(endpoint, 'a', 'VERIFICATION'),
    verifyB: (endpoint) => use(endpoint, 'b', 'VERIFICATION'),
    eventA: (endpoint) => use(endpoint, 'a', 'EVENT'),
    eventB: (endpoint) => use(endpoint, 'b', 'EVENT'),
    delete: (endpoint) => followTemplate(endpoint, { ...template, deleted: true }, BASE, now),
  };
  const describeOutcome = (outcome: ReturnType<typeof keysUsed> | string): string => {
    if (outcome === null || typeof outcome === 'string') {
      return outcome ?? '=';
    }
    const types = outcome.facts.map(({ type }) => type.replace('callback.endpoint.', ''));
    return [pairsOf(outcome.next), ...types.filter((type) => type !== 'keys-issued')].join(' ');
  };
  const cases = Object.entries(expected).flatMap(([state, byAction]) =>
    Object.entries(byAction).map(([action, outcome]) => [state as State, action, outcome] as const),
  );

  it.each(cases)('%s, %s: %s', (state, action, outcome) => {
    expect(describeOutcome(actions[action]!(states[state]))).toBe(outcome);
  });
});

describe('the endpoint of one corp’s app', () => {
  const app: CorpAppStanding = {
    corpAppId: 'a1',
    templateId: 't1',
    publisherId: 'p1',
    corpKey: 'c1',
    wanted: true,
    cancelled: false,
    watched: false,
  };
  const options = { baseUrl: BASE, graceMs: 24 * HOUR_MS };
  const gone = { ...app, cancelled: true };
  const until = new Date(now.getTime() + 24 * HOUR_MS);

  it('is made for an app that wants its own, bound to the corp', () => {
    const made = makeAppEndpoint(app, BASE, now);
    const id = appEndpointIdOf('a1');
    expect(made?.next).toMatchObject({
      id,
      kind: 'APP',
      subject: { kind: 'CORP_APP', id: 'a1' },
      templateId: 't1',
      corpKey: 'c1',
      url: `https://callback.example.com/callback/app/${id}`,
    });
    expect(made?.facts).toEqual([{ type: 'callback.endpoint.made' }]);
    expect(id).not.toBe(endpointIdOf('a1'));
  });

  it.each([
    ['shares the template’s', { wanted: false }],
    ['was cancelled', { cancelled: true }],
    ['was erased', { corpKey: null }],
  ])('is not made for an app that %s', (_what, changes) => {
    expect(makeAppEndpoint({ ...app, ...changes }, BASE, now)).toBeNull();
  });

  /** Pairs afterwards: the one that the console holds is kept as the previous one. */
  it.each([
    ['made', '- - -'],
    ['unverified', '- - a'],
    ['verified', '- - a'],
    ['rotating', '- - a'],
    ['inGrace', '- - b'],
  ] as const)('%s is closed with the cancellation: %s', (state, pairs) => {
    const decision = followCorpApp(states[state], gone, options, now);
    expect(pairsOf(decision!.next)).toBe(pairs);
    expect(decision?.next).toMatchObject({ closedAt: now, watched: false, nextProbeAt: null });
    expect(decision?.next.previous?.acceptedUntil ?? until).toEqual(until);
    expect(decision?.facts).toEqual([{ type: 'callback.endpoint.closed' }]);
  });

  it('forgets the pair after the grace time, not before', () => {
    const { next: shut } = followCorpApp(verified, gone, options, now)!;
    expect(followCorpApp(shut, gone, options, new Date(until.getTime() - 1))).toBeNull();
    const forgotten = followCorpApp(shut, gone, options, until);
    expect(forgotten).toMatchObject({ next: { previous: null, closedAt: now }, facts: [] });
    expect(followCorpApp(forgotten!.next, gone, options, until)).toBeNull();
  });

  it('stays as it is while the app does, and is watched with it', () => {
    expect(followCorpApp(verified, app, options, now)).toBeNull();
    expect(followCorpApp(verified, { ...app, watched: true }, options, now)?.next).toMatchObject({ nextProbeAt: now });
  });
});

describe('issuing keys', () => {
  it('gives nothing for an idempotency key that was used', () => {
    expect(issueKeys(verified, { pair: pair('n'), idempotencyKey: 'k0' }, now)).toEqual({ ok: true, value: null });
  });

  it('keeps the verification and the health of a pair that stays current', () => {
    const result = issueKeys(verified, { pair: pair('n'), idempotencyKey: 'k1' }, now);
    expect(result.ok && result.value?.next).toMatchObject({ verifiedAt: earlier, issues: ['k0', 'k1'] });
  });
});

describe('using keys', () => {
  it('accepts the replaced pair until its grace time has passed', () => {
    const decision = keysUsed(rotating, { pairId: 'b', by: 'VERIFICATION', graceMs: 24 * HOUR_MS }, now);
    expect(decision?.next.previous?.acceptedUntil).toEqual(new Date('2026-03-03T09:00:00.000Z'));
    expect(decision?.next).toMatchObject({ verifiedAt: now, nextProbeAt: now });
  });

  it('writes nothing for a verification that is repeated within a minute', () => {
    const soon = new Date(earlier.getTime() + MINUTE_MS - 1);
    expect(keysUsed(verified, { pairId: 'a', by: 'VERIFICATION', graceMs: 1 }, soon)).toBeNull();
  });
});

describe('following the template', () => {
  it('has the probe run while it is in review or online, and no longer', () => {
    const watched = followTemplate(verified, { ...template, watched: true }, BASE, now);
    expect(watched).toMatchObject({ next: { watched: true, nextProbeAt: now }, facts: [] });
    expect(followTemplate(watched!.next, template, BASE, now)?.next).toMatchObject({ watched: false, nextProbeAt: null });
    expect(followTemplate(verified, template, BASE, now)).toBeNull();
  });

  it('moves with the public address, whose health is unknown then', () => {
    const healthy: Endpoint = { ...verified, health: { status: 'HEALTHY', reason: null, checkedAt: earlier } };
    const moved = followTemplate(healthy, template, 'https://new.example.com/wecom', now);
    expect(moved?.next).toMatchObject({
      url: `https://new.example.com/wecom/callback/suite/${made.id}`,
      health: { status: 'UNKNOWN' },
      verifiedAt: earlier,
    });
    expect(moved?.facts).toEqual([{ type: 'callback.endpoint.made' }]);
  });
});

describe('recording a probe', () => {
  const everyMs = 10 * MINUTE_MS;

  it('is announced, and asks again later: sooner when it is unhealthy, never when nobody watches', () => {
    const watched = { ...verified, watched: true };
    const healthy = recordProbe(watched, { reason: null, checkedAt: now, everyMs }, now);
    expect(healthy?.next).toMatchObject({
      health: { status: 'HEALTHY', reason: null, checkedAt: now },
      nextProbeAt: new Date(now.getTime() + everyMs),
    });
    expect(healthy?.facts).toEqual([{ type: 'callback.endpoint.probed' }]);
    const sick = recordProbe(watched, { reason: 'TLS', checkedAt: now, everyMs }, now);
    expect(sick?.next).toMatchObject({
      health: { status: 'UNHEALTHY', reason: 'TLS' },
      nextProbeAt: new Date(now.getTime() + MINUTE_MS),
    });
    expect(recordProbe({ ...verified, nextProbeAt: now }, { reason: 'TLS', checkedAt: now, everyMs }, now)?.next.nextProbeAt).toBeNull();
  });

  it('drops a result that is older than the stored one, and those of a closed endpoint', () => {
    const fresh: Endpoint = { ...verified, health: { status: 'HEALTHY', reason: null, checkedAt: now } };
    expect(recordProbe(fresh, { reason: 'TLS', checkedAt: earlier, everyMs }, now)).toBeNull();
    expect(recordProbe(closed, { reason: 'TLS', checkedAt: now, everyMs }, now)).toBeNull();
  });
});
