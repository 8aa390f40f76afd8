import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operations } from '@daikaifa/client';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { found } from './doors';
import type { Doors } from './provider';
import type { Timeline } from './timeline';
import { until } from './until';

/** A CloudEvent as the provider's own backend gets it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The provider's own backend: takes events in and keeps those whose signature is right. */
export interface Backend {
  readonly url: string;
  readonly received: readonly ReceivedEvent[];
  /** As shown once when the destination was made. */
  trust(secret: string): void;
  stop(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** With the published library of Standard Webhooks, as a provider's backend would. Null: not signed, or too long ago. */
export const openSigned = (webhook: Webhook, headers: IncomingHttpHeaders, body: string): unknown => {
  try {
    return webhook.verify(body, headers as Record<string, string>);
  } catch (error) {
    if (error instanceof WebhookVerificationError) {
      return null;
    }
    throw error;
  }
};

export const startBackend = async (): Promise<Backend> => {
  const received: ReceivedEvent[] = [];
  let webhook: Webhook | null = null;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const event = webhook && openSigned(webhook, request.headers, body);
      if (event !== null) {
        received.push(event as ReceivedEvent);
      }
      response.writeHead(event === null ? 401 : 204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    trust: (secret) => {
      webhook = new Webhook(secret);
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
};

export const connectBackend = async (doors: Doors, backend: Backend, timeline: Timeline): Promise<string> => {
  const { admin, publisherId } = doors;
  const made = await timeline.step('GraphQL', '创建投递目标 · make a destination', async () => {
    const input = {
      publisherId,
      idempotencyKey: randomUUID(),
      name: '示例后端',
      url: backend.url,
      eventTypes: ['wecom.app.*', 'corp-app.*', 'permission.*', 'authorization.*'],
    };
    const { destination, secret } = (await admin.ask(operations.CreateDestinationDocument, { input })).createDestination;
    backend.trust(found(secret, 'the signing secret'));
    return { observed: `${destination.state}, signing secret shown once`, value: destination };
  });
  await timeline.step('GraphQL', '验证投递目标 · verified by a signed ping', async () => {
    const { verified, destination } = (
      await admin.ask(operations.VerifyDestinationDocument, { input: { destinationId: made.id } })
    ).verifyDestination;
    if (!verified) {
      throw new Error(`the destination did not answer: ${JSON.stringify(destination)}`);
    }
    return { observed: `${destination.state}, answered ${destination.verification?.status}`, value: undefined };
  });
  return made.id;
};

export const sendMessage = async (
  doors: Doors,
  backend: Backend,
  known: { readonly installationId: string; readonly userId: string; readonly destinationId: string },
  timeline: Timeline,
): Promise<void> => {
  const text = '你好，示例CRM';
  await timeline.step('WeCom admin', '成员发消息给应用 · a member writes to the app', async () => {
    await doors.sandbox.call('POST', `/installations/${known.installationId}/messages`, { userId: known.userId, text });
    return { observed: `${known.userId}: ${text}`, value: undefined };
  });
  await timeline.step('HTTP', '消息送达后端, 已签名 · the message reaches the backend, signed', async () => {
    const isMessage = (event: ReceivedEvent): boolean => event.type === 'wecom.app.text';
    const all = await until('the message at the backend', async () => backend.received, (events) => events.some(isMessage));
    const message = found(all.find(isMessage), 'the message');
    if (!JSON.stringify(message.data).includes(text)) {
      throw new Error(`the message came without its text: ${JSON.stringify(message)}`);
    }
    return { observed: `${message.type}, webhook-id ${message.id}, signature right`, value: undefined };
  });
  await timeline.step('GraphQL', '投递记录 · what was delivered', async () => {
    const ask = async () =>
      found((await doors.admin.ask(operations.DestinationDeliveriesDocument, { id: known.destinationId })).destination, 'the destination');
    const { deliveryCounts } = await until('the recorded delivery', ask, (one) => one.deliveryCounts.delivered > 0);
    return { observed: `${deliveryCounts.delivered} delivered, ${deliveryCounts.queued} queued, ${deliveryCounts.dead} dead`, value: undefined };
  });
};
