import { takesEvent, signingSecrets, type Destination, type DestinationState } from './destination';
import {
  createDestination,
  deleteDestination,
  disableDestination,
  editDestination,
  enableDestination,
  recordVerification,
  rotateSecret,
  stopDestination,
  type DestinationContent,
} from './destination.decide';

const now = new Date('2026-03-02T09:00:00.000Z');
const earlier = new Date('2026-03-01T09:00:00.000Z');
const HOUR_MS = 3_600_000;
const rules = { requireHttps: true, types: ['suite.recorded', 'corp-app.launched'] };
const secret = { id: 's1', sealed: 'sealed-1', issuedAt: earlier };
const content: DestinationContent = {
  name: '业务后台',
  url: 'https://backend.example.com/hook',
  eventTypes: ['suite.recorded', 'wecom.suite.*'],
  filter: { templateIds: [], corpIds: [] },
  concurrency: 8,
  perSecond: 100,
};
const command = { ...content, id: 'd1', publisherId: 'p1', secret };

const made = (): Destination => {
  const result = createDestination(command, rules, earlier);
  if (!result.ok) {
    throw new Error('refused');
  }
  return result.value.next;
};
const pending = made();
const active: Destination = { ...pending, state: 'ACTIVE', activatedAt: earlier };
const disabled: Destination = { ...active, state: 'DISABLED', disabledReason: 'FAILING', stoppedAt: earlier };
const states: Readonly<Record<DestinationState, Destination>> = {
  PENDING_VERIFICATION: pending,
  ACTIVE: active,
  DISABLED: disabled,
  DELETED: { ...disabled, state: 'DELETED', disabledReason: null },
};

const ping = { url: content.url, at: now, status: 200, error: null };
const outcomeOf = (result: ReturnType<typeof enableDestination>): string =>
  result.ok ? result.value.next.state : result.error.code;
const actions = {
  verified: (destination: Destination) => recordVerification(destination, ping, now)?.next.state ?? '=',
  refused: (destination: Destination) =>
    recordVerification(destination, { ...ping, status: 500, error: 'STATUS' }, now)?.next.state ?? '=',
  moved: (destination: Destination) =>
    outcomeOf(editDestination(destination, { url: 'https://new.example.com/' }, rules, now)),
  renamed: (destination: Destination) => outcomeOf(editDestination(destination, { name: '另一个' }, rules, now)),
  enable: (destination: Destination) => outcomeOf(enableDestination(destination, now)),
  disable: (destination: Destination) => outcomeOf(disableDestination(destination, now)),
  gone: (destination: Destination) => stopDestination(destination, 'GONE_410', now)?.next.disabledReason ?? '=',
  failing: (destination: Destination) => stopDestination(destination, 'FAILING', now)?.next.disabledReason ?? '=',
  delete: (destination: Destination) => outcomeOf(deleteDestination(destination, now)),
};

describe('every state and action', () => {
  /** The state afterwards, or the reason; `=`: nothing changes; an error code: refused. */
  const expected: Readonly<Record<DestinationState, Readonly<Record<keyof typeof actions, string>>>> = {
    PENDING_VERIFICATION: {
      verified: 'ACTIVE',
      refused: 'PENDING_VERIFICATION',
      moved: 'PENDING_VERIFICATION',
      renamed: 'PENDING_VERIFICATION',
      enable: 'INVALID_STATE',
      disable: 'INVALID_STATE',
      gone: '=',
      failing: '=',
      delete: 'DELETED',
    },
    ACTIVE: {
      verified: 'ACTIVE',
      refused: 'ACTIVE',
      moved: 'PENDING_VERIFICATION',
      renamed: 'ACTIVE',
      enable: 'INVALID_STATE',
      disable: 'DISABLED',
      gone: 'GONE_410',
      failing: 'FAILING',
      delete: 'DELETED',
    },
    DISABLED: {
      verified: 'DISABLED',
      refused: 'DISABLED',
      moved: 'PENDING_VERIFICATION',
      renamed: 'DISABLED',
      enable: 'ACTIVE',
      disable: 'INVALID_STATE',
      gone: '=',
      failing: '=',
      delete: 'DELETED',
    },
    DELETED: {
      verified: '=',
      refused: '=',
      moved: 'INVALID_STATE',
      renamed: 'DELETED',
      enable: 'INVALID_STATE',
      disable: 'INVALID_STATE',
      gone: '=',
      failing: '=',
      delete: 'INVALID_STATE',
    },
  };
  const cases = Object.entries(expected).flatMap(([state, byAction]) =>
    Object.entries(byAction).map(([action, outcome]) => [state, action, outcome] as const),
  );

  it.each(cases)('%s, %s: %s', (state, action, outcome) => {
    expect(actions[action as keyof typeof actions](states[state as DestinationState])).toBe(outcome);
  });
});

describe('what others are told', () => {
  const typesOf = (decision: { facts: ReadonlyArray<{ type: string }> } | null): string[] =>
    (decision?.facts ?? []).map(({ type }) => type.replace('callback.destination.', ''));
  const told = (result: ReturnType<typeof enableDestination>): string[] => (result.ok ? typesOf(result.value) : []);
  const edited = (destination: Destination, changes: Partial<DestinationContent>) =>
    told(editDestination(destination, changes, rules, now));
  const rotation = { secret: { ...secret, id: 's2' }, idempotencyKey: 'k', overlapMs: HOUR_MS };
  const rotated = rotateSecret(active, rotation, now);

  it.each<readonly [string, string[], string[]]>([
    ['it is made', told(createDestination(command, rules, now)), ['created']],
    ['its first ping is answered', typesOf(recordVerification(pending, ping, now)), ['activated']],
    ['a later ping is answered', typesOf(recordVerification(active, ping, now)), []],
    ['a ping is answered while it is disabled', typesOf(recordVerification(disabled, ping, now)), []],
    ['a ping is refused', typesOf(recordVerification(pending, { ...ping, status: 500, error: 'STATUS' }, now)), []],
    ['it is renamed', edited(active, { name: '另一个' }), ['edited']],
    ['it moves', edited(active, { url: 'https://new.example.com/' }), ['edited']],
    ['somebody disables it', told(disableDestination(active, now)), ['disabled']],
    ['it answers 410', typesOf(stopDestination(active, 'GONE_410', now)), ['disabled']],
    ['it fails for too long', typesOf(stopDestination(active, 'FAILING', now)), ['disabled']],
    ['it fails although it is disabled', typesOf(stopDestination(disabled, 'FAILING', now)), []],
    ['it is enabled', told(enableDestination(disabled, now)), ['activated']],
    ['its secret is rotated', typesOf(rotated.ok ? rotated.value : null), []],
    ['it is deleted', told(deleteDestination(disabled, now)), ['deleted']],
  ])('when %s', (_name, types, expected) => {
    expect(types).toEqual(expected);
  });
});

describe('a destination', () => {
  it('names every broken rule at once', () => {
    const result = createDestination(
      {
        ...command,
        name: ' ',
        url: 'http://backend.example.com',
        eventTypes: ['suite.recorded.*.x', 'no.such', 'wecom.app.*'],
        filter: { templateIds: [''], corpIds: Array.from({ length: 201 }, (_, index) => `c${index}`) },
        concurrency: 0,
        perSecond: 1.5,
      },
      rules,
      now,
    );
    expect(!result.ok && result.error.violations?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'name NAME_LENGTH',
      'url URL_NOT_HTTPS',
      'eventTypes.0 EVENT_TYPE_FORMAT',
      'eventTypes.1 EVENT_TYPE_UNKNOWN',
      'templateIds FILTER_IDS',
      'corpIds FILTER_IDS',
      'concurrency OUT_OF_RANGE',
      'perSecond OUT_OF_RANGE',
    ]);
  });

  it.each(['not a url', 'ftp://a.example', 'https://user:word@a.example', 'https://a.example/#part', `https://a.example/${'x'.repeat(2_048)}`])(
    'is not reached at %.30s',
    (url) => {
      const result = createDestination({ ...command, url }, rules, now);
      expect(!result.ok && result.error.violations?.map(({ code }) => code)).toEqual(['URL_FORMAT']);
    },
  );

  it('keeps the time of its first activation, and since when it is stopped', () => {
    const again = enableDestination(disabled, now);
    expect(again.ok && again.value.next).toMatchObject({ activatedAt: earlier, stoppedAt: null, disabledReason: null });
    const stopped = disableDestination(active, now);
    expect(stopped.ok && stopped.value.next).toMatchObject({ stoppedAt: now, disabledReason: 'BY_PERSON' });
    const moved = editDestination(active, { url: 'https://new.example.com/' }, rules, now);
    expect(moved.ok && moved.value.next).toMatchObject({ stoppedAt: now, verification: null });
    expect(pending).toMatchObject({ activatedAt: null, stoppedAt: null });
  });

  it('is not activated by a ping that went to an address of before', () => {
    expect(recordVerification(pending, { ...ping, url: 'https://old.example.com/' }, now)).toBeNull();
  });

  it('changes what is named of its filter and nothing else', () => {
    const filtered: Destination = { ...active, filter: { templateIds: ['t1'], corpIds: ['c1'] } };
    const result = editDestination(filtered, { filter: { corpIds: [] } }, rules, now);
    expect(result.ok && result.value.next.filter).toEqual({ templateIds: ['t1'], corpIds: [] });
  });
});

describe('rotating the secret', () => {
  const next = { id: 's2', sealed: 'sealed-2', issuedAt: now };

  it('has both sign until the overlap is over', () => {
    const result = rotateSecret(active, { secret: next, idempotencyKey: 'k', overlapMs: HOUR_MS }, now);
    const rotated = (result.ok && result.value?.next) as Destination;
    expect(signingSecrets(rotated, now).map(({ id }) => id)).toEqual(['s2', 's1']);
    expect(signingSecrets(rotated, new Date(now.getTime() + HOUR_MS)).map(({ id }) => id)).toEqual(['s2']);
    expect(rotateSecret(rotated, { secret: next, idempotencyKey: 'k', overlapMs: HOUR_MS }, now)).toEqual({ ok: true, value: null });
  });
});

describe('taking an event', () => {
  const event = { type: 'wecom.suite.change_auth', time: now, templateId: 't1', corpId: 'c1' };
  const at = { now, holdMs: HOUR_MS };
  const filtered = (filter: Partial<Destination['filter']>): Destination => ({ ...active, filter: { ...active.filter, ...filter } });

  it.each<readonly [string, Destination, Partial<typeof event>, boolean]>([
    ['by a prefix', active, {}, true],
    ['by its whole type', active, { type: 'suite.recorded' }, true],
    ['not by a type that only begins alike', active, { type: 'suite.recorded.twice' }, false],
    ['not by the prefix without a segment behind it', active, { type: 'wecom.suite' }, false],
    ['not of before the activation', active, { time: new Date(earlier.getTime() - 1) }, false],
    ['of the template', filtered({ templateIds: ['t1'] }), {}, true],
    ['not of another template', filtered({ templateIds: ['t2'] }), {}, false],
    ['of the corp', filtered({ corpIds: ['c1'] }), {}, true],
    ['not of a corp whose id differs by case', filtered({ corpIds: ['C1'] }), {}, false],
    ['not before it is verified', pending, {}, false],
    ['not when it is deleted', { ...active, state: 'DELETED' }, {}, false],
    ['shortly after it stopped', { ...disabled, stoppedAt: new Date(now.getTime() - HOUR_MS + 1) }, {}, true],
    ['not long after it stopped', { ...disabled, stoppedAt: new Date(now.getTime() - HOUR_MS) }, {}, false],
  ])('%s', (_name, destination, changes, taken) => {
    expect(takesEvent(destination, { ...event, ...changes }, at)).toBe(taken);
  });
});
