import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';
import { connectCallback, registerProvider, silentTimeline, writeTemplate } from '@daikaifa/demo';
import type { Stack } from '@daikaifa/stack';
import { eventually } from '@daikaifa/testing';
import { countSuiteEvents } from '../suite-topic';
import { sharedStack } from './stack';

interface Refusal {
  readonly reason: string;
  readonly text: { readonly zh: string; readonly en: string };
  readonly sizeBytes: number;
  readonly bodySha256: string;
  readonly remoteAddress: string;
}

interface Sent {
  readonly query: URLSearchParams;
  readonly body: string;
}

const REFUSALS = `
  query Refusals($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      callbackEndpoint {
        refusals(first: 50) { nodes { reason text { zh en } sizeBytes bodySha256 remoteAddress } }
      }
    }
  }
`;

let stack: Stack;
let doors: Awaited<ReturnType<typeof registerProvider>>;
let templateId: string;
let connected: Awaited<ReturnType<typeof connectCallback>>;

beforeAll(async () => {
  stack = sharedStack();
  doors = await registerProvider(stack, silentTimeline);
  templateId = (await writeTemplate(doors, silentTimeline)).id;
  connected = await connectCallback(doors, templateId, silentTimeline);
}, 90_000);

const refusals = async (): Promise<readonly Refusal[]> => {
  const { delegatedTemplate } = await doors.admin.ask<{
    delegatedTemplate: { callbackEndpoint: { refusals: { nodes: Refusal[] } } };
  }>(REFUSALS, { id: templateId });
  return delegatedTemplate.callbackEndpoint.refusals.nodes;
};

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

/** An event that would cancel an authorization, if it were genuine. */
const cancelXml = (): string =>
  `<xml><SuiteId><![CDATA[${connected.suite.suiteId}]]></SuiteId><InfoType><![CDATA[cancel_auth]]></InfoType>` +
  `<TimeStamp>${Math.floor(Date.now() / 1000)}</TimeStamp><AuthCorpId><![CDATA[wpAnybody]]></AuthCorpId></xml>`;

const envelope = (encrypted: string, padding = ''): string =>
  `<xml><ToUserName><![CDATA[${connected.suite.suiteId}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt>` +
  `<AgentID><![CDATA[]]></AgentID>${padding}</xml>`;

const signed = (token: string, encrypted: string): URLSearchParams => {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(randomInt(1_000_000_000));
  const signature = getSignature(token, timestamp, nonce, encrypted);
  return new URLSearchParams({ msg_signature: signature, timestamp, nonce });
};

/** As WeCom sends it, as far as nothing else is said. */
const event = ({
  token = connected.keys.token,
  aesKey = connected.keys.encodingAesKey,
  receiveId = connected.suite.suiteId,
  padding = '',
} = {}): Sent => {
  const encrypted = encrypt(aesKey, cancelXml(), receiveId);
  return { query: signed(token, encrypted), body: envelope(encrypted, padding) };
};

const send = async (url: string, { query, body }: Sent): Promise<{ status: number; body: string }> => {
  const headers = { 'content-type': 'text/xml' };
  const answer = await fetch(`${url}?${query.toString()}`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.text() };
};

const otherAesKey = (): string => randomBytes(32).toString('base64').slice(0, 43);

const cut = ({ query, body }: Sent): Sent => ({ query, body: body.slice(0, Math.floor(body.length / 2)) });

const withBody = ({ query }: Sent, body: string): Sent => ({ query, body });

describe('a callback that is not genuine', () => {
  it.each<[string, string, number, () => Sent]>([
    ['a forged signature', 'SIGNATURE', 403, () => event({ token: 'somebodyElsesToken' })],
    ['the right signature over another key', 'AES', 403, () => event({ aesKey: otherAesKey() })],
    ['the receiveid of another suite', 'RECEIVE_ID', 400, () => event({ receiveId: 'dkAnotherSuite00000000' })],
    ['an oversized body', 'TOO_LARGE', 413, () => event({ padding: `<X>${'x'.repeat(300_000)}</X>` })],
    ['a truncated body', 'ENVELOPE', 400, () => cut(event())],
    ['a body that is not XML', 'ENVELOPE', 400, () => withBody(event(), 'SuiteId=dk&InfoType=cancel_auth')],
    ['an empty body', 'ENVELOPE', 400, () => withBody(event(), '')],
  ])('%s is refused as %s with %i, and nothing is published', async (_name, reason, status, make) => {
    const published = await countSuiteEvents(stack);
    const known = (await refusals()).length;
    const sent = make();

    const answer = await send(connected.endpoint.url, sent);

    expect(answer).toEqual({ status, body: 'refused' });
    const [refusal] = await eventually(async () => {
      const all = await refusals();
      return all.length > known ? all : null;
    });
    expect(refusal).toMatchObject({ reason, remoteAddress: '127.0.0.1' });
    expect(refusal!.text.zh).not.toBe('');
    expect(refusal!.text.en).not.toBe('');
    if (reason !== 'TOO_LARGE') {
      // What is too large is not read to its end.
      expect(refusal).toMatchObject({ sizeBytes: Buffer.byteLength(sent.body), bodySha256: sha256(sent.body) });
    }
    expect(await countSuiteEvents(stack)).toBe(published);
  });

  it('an address that no endpoint has is answered 404 and counted, whatever is sent there', async () => {
    const published = await countSuiteEvents(stack);
    const known = (await refusals()).length;
    const nowhere = connected.endpoint.url.replace(connected.endpoint.id, randomUUID());
    const counted = async (): Promise<number> => {
      const metrics = await (await fetch(`${stack.urls.callback}/metrics`)).text();
      const line = metrics.split('\n').find((one) => one.includes('reason="UNKNOWN_ENDPOINT"'));
      return Number(line?.split(' ')[1] ?? 0);
    };
    const before = await counted();

    expect(await send(nowhere, event())).toEqual({ status: 404, body: 'refused' });

    expect(await counted()).toBe(before + 1);
    // It belongs to nobody, so no tenant sees it.
    expect(await refusals()).toHaveLength(known);
    expect(await countSuiteEvents(stack)).toBe(published);
  });

  it('the same event from WeCom itself is accepted and published', async () => {
    const published = await countSuiteEvents(stack);
    const known = (await refusals()).length;
    expect(await send(connected.endpoint.url, event())).toEqual({ status: 200, body: 'success' });
    expect(await countSuiteEvents(stack)).toBe(published + 1);
    expect(await refusals()).toHaveLength(known);
  });
});
