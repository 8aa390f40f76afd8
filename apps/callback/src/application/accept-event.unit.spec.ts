import { acceptEvent } from './accept-event';
import { corpKeyOf, type CorpStanding } from '../domain/corp';
import type { LaneEvent } from './event-lanes';
import type { LiveEndpoint } from './live-endpoints';
import type { Counters, ReadDocument } from './ports';

const CREATED = Date.parse('2026-03-02T09:00:00.000Z');

const endpoint: LiveEndpoint = {
  id: 'e',
  publisherId: 'p',
  templateId: 't',
  kind: 'SUITE',
  ownCorpKey: null,
  closed: false,
  verified: true,
  suiteId: 'dk',
  providerCorpId: 'ww',
  pairs: [
    {
      pairId: 'a',
      slot: 'CURRENT',
      acceptedUntil: null,
      cipher: {
        verifySignature: () => true,
        // What the test sends is the receiveid.
        decrypt: (encrypt) => ({ ok: true, value: { message: Buffer.from('x'), receiveId: encrypt } }),
        sign: () => '',
        encrypt: () => '',
      },
    },
  ],
};

const nothing: ReadDocument = {
  class: 'UNKNOWN',
  suiteId: null,
  toUserName: null,
  serviceCorpId: null,
  infoType: 'unknown',
  msgType: 'unknown',
  event: null,
  agentId: null,
  timestampSec: CREATED / 1_000,
  authCorpId: null,
  state: null,
  authCode: null,
  suiteTicket: null,
  raw: 'x',
  fault: null,
};

const left: CorpStanding = {
  corpKey: 'k',
  publisherId: 'p',
  templateId: 't',
  authorizationId: 'z',
  epoch: 1,
  active: false,
  cancelledAt: new Date(CREATED),
};

interface Callback {
  readonly document: Partial<ReadDocument>;
  readonly receiveId: string;
  readonly standing?: CorpStanding;
}

/** One genuine document: its answer, what was counted, and the lanes that it came to. */
const send = async ({ document, receiveId, standing }: Callback) => {
  const counted: string[] = [];
  const lanes: LaneEvent[] = [];
  const counters: Counters = {
    accepted: (outcome, infoType) => void counted.push(`${outcome} ${infoType}`),
    refused: (reason) => void counted.push(reason),
    verified: () => undefined,
    odd: () => undefined,
  };
  const accept = acceptEvent({
    live: { find: async () => endpoint, reread: async () => endpoint },
    corps: { find: async () => standing ?? null, reread: async () => standing ?? null },
    reader: { encryptedOf: () => receiveId, document: () => ({ ...nothing, ...document }), contentId: () => 'id' },
    writer: { suiteEvent: () => ({}), appEvent: () => ({}) },
    window: { find: () => null, remember: () => undefined },
    recent: { find: async () => null, remember: () => undefined },
    lanes: {
      accept: async (event: LaneEvent) => {
        lanes.push(event);
        return event.parked ? 'PARKED' : 'PUBLISHED';
      },
    },
    backlog: { countParked: async () => 0 },
    receipts: { note: () => undefined },
    refusals: { note: () => undefined },
    limits: { answerMs: 1_000, lookUpMs: 100, parkedPerEndpoint: 10 },
    clock: { now: () => new Date(CREATED + 5_000) },
    newId: () => 'n',
    logger: { warn: () => undefined, info: () => undefined },
    counters,
  } as never);
  const query = { msgSignature: 's', timestamp: '1', nonce: '1' };
  const answer = await accept({
    endpointId: 'e',
    kind: 'SUITE',
    query,
    body: Buffer.from(''),
    sizeBytes: 0,
    tooLarge: false,
    remoteAddress: '127.0.0.1',
    arrivedAt: performance.now(),
  });
  return { lanes, outcome: [answer.kind === 'ACCEPTED' ? answer.class : answer.kind, ...counted] };
};

const text = { class: 'APP', toUserName: 'wp', infoType: 'text', msgType: 'text' } as const;
const ticket = { class: 'SUITE', suiteId: 'dk', infoType: 'suite_ticket' } as const;
const system = { class: 'SYSTEM', serviceCorpId: 'ww', infoType: 'license_refund' } as const;
const authorized: CorpStanding = { ...left, active: true, cancelledAt: null };

describe('the class of the answer, and what is counted', () => {
  const elsewhere = { ...left, templateId: 'other' };
  it.each<[string, Callback, string[]]>([
    ['an event of the suite', { document: ticket, receiveId: 'dk' }, ['SUITE', 'PUBLISHED suite_ticket']],
    ['a message of an authorized corp', { document: text, receiveId: 'wp', standing: authorized }, ['APP', 'PUBLISHED text']],
    ['a message of a corp that nobody knows', { document: text, receiveId: 'wp' }, ['APP', 'PARKED text']],
    ['a message from before a cancellation', { document: text, receiveId: 'wp', standing: left }, ['APP', 'DROPPED text']],
    ['a message of a corp of another template', { document: text, receiveId: 'wp', standing: elsewhere }, ['APP', 'PARKED text']],
    ['a system event', { document: system, receiveId: 'ww' }, ['SYSTEM', 'TOLERATED license_refund']],
    [
      'a system event of another provider',
      { document: { ...system, serviceCorpId: 'wx' }, receiveId: 'ww' },
      ['REFUSED', 'RECEIVE_ID'],
    ],
    ['what has no class, by the suite', { document: {}, receiveId: 'dk' }, ['SUITE', 'PUBLISHED unknown']],
    ['what has no class, by an authorized corp', { document: {}, receiveId: 'wp', standing: authorized }, ['APP', 'PUBLISHED unknown']],
    ['what has no class, by nobody', { document: {}, receiveId: 'wp' }, ['REFUSED', 'RECEIVE_ID']],
  ])('%s', async (_what, callback, expected) => {
    expect((await send(callback)).outcome).toEqual(expected);
  });
});

describe('the lane of an event', () => {
  it('is that of its key under the template, whichever address it came through', async () => {
    const suite = await send({ document: ticket, receiveId: 'dk' });
    const app = await send({ document: text, receiveId: 'wp', standing: authorized });
    expect(suite.lanes).toMatchObject([{ templateId: 't', key: 'dk', corpKey: null }]);
    expect(app.lanes).toMatchObject([{ templateId: 't', key: corpKeyOf('dk', 'wp'), corpKey: corpKeyOf('dk', 'wp') }]);
  });

  it('says when it came about: by WeCom’s clock, but not later than it came here', async () => {
    const at = async (timestampSec: number | null) =>
      (await send({ document: { ...ticket, timestampSec }, receiveId: 'dk' })).lanes[0]?.occurredAt.getTime();
    expect(await at(CREATED / 1_000)).toBe(CREATED);
    expect(await at(CREATED / 1_000 + 3_600)).toBe(CREATED + 5_000);
    expect(await at(null)).toBe(CREATED + 5_000);
  });
});
