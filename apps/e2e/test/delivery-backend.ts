import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSigned } from '@daikaifa/demo';
import { Webhook } from 'standardwebhooks';

/** The CloudEvent of one request whose signature was right. */
export interface ReceivedEvent {
  readonly webhookId: string;
  readonly body: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly type: string;
    readonly time: string;
    readonly tenant: string;
    readonly sequence?: number;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

type Answer = (event: ReceivedEvent) => number | Promise<number>;

/** A backend of the provider: a real HTTP server that takes in what is signed as Standard Webhooks says. */
export interface DeliveryBackend {
  readonly url: string;
  /** Every request, without pings. */
  readonly received: readonly ReceivedEvent[];
  /** Requests that came while another of the same webhook-id was still open. */
  readonly overlaps: readonly string[];
  readonly unsigned: () => number;
  ids(): readonly string[];
  trust(secret: string): void;
  /** What it answers from now on; a status, or a promise of one while it keeps the request waiting. */
  answer(next: number | Answer): void;
  stop(): Promise<void>;
}

const PING = 'callback.destination.ping';

export const startDeliveryBackend = async (): Promise<DeliveryBackend> => {
  const received: ReceivedEvent[] = [];
  const overlaps: string[] = [];
  const open = new Map<string, number>();
  let answer: Answer = () => 204;
  let webhook: Webhook | null = null;
  let unsigned = 0;

  const take = async (headers: IncomingHttpHeaders, text: string): Promise<number> => {
    const body = webhook && openSigned(webhook, headers, text);
    if (body === null) {
      unsigned += 1;
      return 401;
    }
    const event = { webhookId: String(headers['webhook-id']), body: body as ReceivedEvent['body'] };
    if (event.body.type === PING) {
      return 204;
    }
    received.push(event);
    return answer(event);
  };

  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    const chunks: Buffer[] = [];
    if ((open.get(id) ?? 0) > 0) {
      overlaps.push(id);
    }
    open.set(id, (open.get(id) ?? 0) + 1);
    // Also when the sender has died.
    response.on('close', () => open.set(id, open.get(id)! - 1));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void take(request.headers, Buffer.concat(chunks).toString('utf8')).then((status) => response.writeHead(status).end());
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    overlaps,
    unsigned: () => unsigned,
    ids: () => received.map(({ webhookId }) => webhookId),
    trust: (secret) => {
      webhook = new Webhook(secret);
    },
    answer: (next) => {
      answer = typeof next === 'number' ? () => next : next;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((stopped) => server.close(() => stopped()));
    },
  };
};
