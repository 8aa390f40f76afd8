import { acceptEvent } from './accept-event';
import type { CorpStanding } from '../domain/corp';
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

/** @returns the answer and what was counted, for one genuine document. */
const send = async (document: Partial<ReadDocument>, receiveId: string, standing: CorpStanding | null = null) => {
  const counted: string[] = [];
  const counters: Counters = {
    accepted: (outcome, infoType) => void counted.push(`${outcome} ${infoType}`),
    refused: (reason) => void counted.push(reason),
    verified: () => undefined,
    odd: () => undefined,
  };
  const accept = acceptEvent({
    live: { find: async () => endpoint, reread: async () => endpoint },
    corps: { find: async () => standing, reread: async () => standing },
    reader: { encryptedOf: () => receiveId, document: () => ({ ...nothing, ...document }), contentId: () => 'id' },
    writer: { suiteEvent: () => ({}), appEvent: () => ({}) },
    window: { find: () => null, remember: () => undefined },
    recent: { find: async () => null, remember: () => undefined },
    lanes: { accept: async ({ parked }: { parked: boolean }) => (parked ? 'PARKED' : 'PUBLISHED') },
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
  return [answer.kind === 'ACCEPTED' ? answer.class : answer.kind, ...counted];
};

const text = { class: 'APP', toUserName: 'wp', infoType: 'text', msgType: 'text' } as const;
const ticket = { class: 'SUITE', suiteId: 'dk', infoType: 'suite_ticket' } as const;
const system = { class: 'SYSTEM', serviceCorpId: 'ww', infoType: 'license_refund' } as const;
const authorized: CorpStanding = { ...left, active: true, cancelledAt: null };

describe('the class of the answer, and what is counted', () => {
  it.each([
    ['an event of the suite', ticket, 'dk', null, ['SUITE', 'PUBLISHED suite_ticket']],
    ['a message of an authorized corp', text, 'wp', authorized, ['APP', 'PUBLISHED text']],
    ['a message of a corp that nobody knows', text, 'wp', null, ['APP', 'PARKED text']],
    ['a message from before a cancellation', text, 'wp', left, ['APP', 'DROPPED text']],
    ['a message of a corp of another template', text, 'wp', { ...left, templateId: 'other' }, ['APP', 'PARKED text']],
    ['a system event', system, 'ww', null, ['SYSTEM', 'TOLERATED license_refund']],
    ['a system event of another provider', { ...system, serviceCorpId: 'wx' }, 'ww', null, ['REFUSED', 'RECEIVE_ID']],
    ['what has no class, by the suite', {}, 'dk', null, ['SUITE', 'PUBLISHED unknown']],
    ['what has no class, by an authorized corp', {}, 'wp', authorized, ['APP', 'PUBLISHED unknown']],
    ['what has no class, by nobody', {}, 'wp', null, ['REFUSED', 'RECEIVE_ID']],
  ] as const)('%s', async (_what, document, receiveId, standing, expected) => {
    expect(await send(document, receiveId, standing)).toEqual(expected);
  });
});
