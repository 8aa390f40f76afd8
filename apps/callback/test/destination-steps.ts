import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthorizationState } from '@daikaifa/contracts';
import { graphqlOf, must, type createPublisher } from '@daikaifa/harness';
import { newId, type Viewer } from '@daikaifa/kernel';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import { Webhook } from 'standardwebhooks';
import { RETRY_SCHEDULE_MS } from '../src/domain/delivery';
import type { DeliveryLimits } from '../src/application/delivery-ports';

/** Patient where a busy machine is no fault, impatient where days would have to pass. */
export const quickLimits = (changes: Partial<DeliveryLimits> = {}): Partial<DeliveryLimits> => ({
  scheduleMs: RETRY_SCHEDULE_MS.map(() => 50),
  breaker: { threshold: 1_000, pauseMs: 50, maxPauseMs: 50, disableAfterMs: 3_600_000 },
  ...changes,
});

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly data: Record<string, unknown>;
  } & Record<string, unknown>;
}

/** The publisher's backend: a real HTTP server. What it answers can be changed at any time. */
export const openSink = async (answer: (response: ServerResponse, received: Received) => void = (response) => response.end()) => {
  const received: Received[] = [];
  let respond = answer;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const one = { headers: request.headers, body, event: JSON.parse(body) as Received['event'] };
      received.push(one);
      respond(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    /** Without pings. */
    events: () => received.filter(({ event }) => event.type !== 'callback.destination.ping'),
    respondWith: (next: typeof answer) => {
      respond = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type Sink = Awaited<ReturnType<typeof openSink>>;

export const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);

/** By the published library, which knows nothing of the code under test. */
export const signatureOf = (secret: string, { headers, body }: Received): string =>
  new Webhook(secret).sign(String(headers['webhook-id']), new Date(Number(headers['webhook-timestamp']) * 1_000), body);

const DESTINATION_FIELDS = `id version name url eventTypes templateIds corpIds concurrency perSecond state disabledReason
  activatedAt stoppedAt previousSecretUntil verification { status error } health { consecutiveFailures pausedUntil failingSince }
  deliveryCounts { queued delivered dead erased }`;
const DELIVERY_FIELDS = `id eventId eventType state deadReason tries retryable nextAttemptAt endedAt destination { id }
  attempts { status error durationMs snippet }`;

export const CREATE = `mutation ($input: CreateDestinationInput!) {
  createDestination(input: $input) { destination { ${DESTINATION_FIELDS} } secret } }`;
export const EDIT = `mutation ($input: EditDestinationInput!) { editDestination(input: $input) { destination { ${DESTINATION_FIELDS} } } }`;
export const VERIFY = `mutation ($input: VerifyDestinationInput!) {
  verifyDestination(input: $input) { verified destination { ${DESTINATION_FIELDS} } } }`;
export const changeBy = (mutation: 'enable' | 'disable' | 'delete'): string =>
  `mutation ($input: DestinationVersionInput!) { ${mutation}Destination(input: $input) { destination { ${DESTINATION_FIELDS} } } }`;
export const ROTATE = `mutation ($input: RotateDestinationSecretInput!) {
  rotateDestinationSecret(input: $input) { destination { ${DESTINATION_FIELDS} } secret } }`;
export const RETRY = `mutation ($input: RetryDeliveryInput!) { retryDelivery(input: $input) { delivery { ${DELIVERY_FIELDS} } } }`;
export const RETRY_MANY = `mutation ($input: RetryDeliveriesInput!) { retryDeliveries(input: $input) { count more } }`;
export const DESTINATION = `query ($id: ID!, $state: [DeliveryState!], $first: Int, $after: String) {
  destination(id: $id) { ${DESTINATION_FIELDS} publisher { id }
    deliveries(state: $state, first: $first, after: $after) { nodes { ${DELIVERY_FIELDS} } pageInfo { hasNextPage endCursor } } } }`;
export const DELIVERY = `query ($id: ID!) { delivery(id: $id) { ${DELIVERY_FIELDS} } }`;

export interface DeliveryView {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly state: string;
  readonly deadReason: string | null;
  readonly tries: number;
  readonly retryable: boolean;
  readonly nextAttemptAt: string | null;
  readonly attempts: ReadonlyArray<{ readonly status: number | null; readonly error: string | null; readonly snippet: string | null }>;
}

export interface DestinationView {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly disabledReason: string | null;
  readonly activatedAt: string | null;
  readonly stoppedAt: string | null;
  readonly previousSecretUntil: string | null;
  readonly verification: { readonly status: number | null; readonly error: string | null } | null;
  readonly health: { readonly consecutiveFailures: number; readonly pausedUntil: string | null };
  readonly deliveryCounts: { readonly queued: number; readonly delivered: number; readonly dead: number; readonly erased: number };
  readonly deliveries: { readonly nodes: readonly DeliveryView[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } };
}

export interface Owner {
  readonly id: string;
  readonly admin: Viewer;
  readonly developer: Viewer;
  readonly viewer: Viewer;
}

export const newOwner = (): Owner => {
  const id = newId();
  return {
    id,
    admin: viewerOf(['PUBLISHER_ADMIN'], [id]),
    developer: viewerOf(['PUBLISHER_DEVELOPER'], [id]),
    viewer: viewerOf(['VIEWER'], [id]),
  };
};

export const destinationInput = (owner: Owner, url: string, changes: object = {}) => ({
  publisherId: owner.id,
  idempotencyKey: uniqueName('key'),
  name: '业务后台',
  url,
  eventTypes: ['suite.*', 'suite-ticket.*', 'authorization.*', 'wecom.suite.*', 'wecom.app.*'],
  ...changes,
});

const NO_OBSERVATION = { agent: null, permissions: null, publishStatus: null, scope: null };

export const authorizationState = (
  corp: { readonly id: string; readonly publisherId: string; readonly templateId: string; readonly suiteId: string; readonly corpId: string },
  epochs: ReadonlyArray<{ readonly cancelledAt: string | null }>,
): AuthorizationState => ({
  ...corp,
  status: epochs.at(-1)?.cancelledAt === null ? 'ACTIVE' : 'CANCELLED',
  epochs: epochs.map(({ cancelledAt }, index) => ({
    epoch: index + 1,
    status: cancelledAt === null ? 'ACTIVE' : 'CANCELLED',
    grantedAt: '2026-03-01T00:00:00.000Z',
    cancelledAt,
    enabled: true,
    disabledReason: null,
    mode: 'ADMIN',
    environment: 'FORMAL',
    linkState: null,
    observation: NO_OBSERVATION,
  })),
});

/** Common steps: a destination that is verified, and what becomes of its deliveries. */
export const createDestinationSteps = (app: { readonly url: string }) => {
  const graphql = graphqlOf(app);

  const find = async (viewer: Viewer, id: string, query: object = {}): Promise<DestinationView> => {
    const { destination } = await must(graphql<{ destination: DestinationView | null }>(viewer, DESTINATION, { id, first: 100, ...query }));
    if (destination === null) {
      throw new Error('there is no such destination');
    }
    return destination;
  };

  const open = async (owner: Owner, url: string, changes: object = {}) => {
    const input = destinationInput(owner, url, changes);
    const { createDestination } = await must(
      graphql<{ createDestination: { destination: DestinationView; secret: string } }>(owner.admin, CREATE, { input }),
    );
    return { id: createDestination.destination.id, secret: createDestination.secret };
  };

  const activate = async (owner: Owner, url: string, changes: object = {}) => {
    const made = await open(owner, url, changes);
    const { verifyDestination } = await must(
      graphql<{ verifyDestination: { verified: boolean } }>(owner.admin, VERIFY, { input: { destinationId: made.id } }),
    );
    if (!verifyDestination.verified) {
      throw new Error('the destination is not verified');
    }
    return made;
  };

  const findWhen = (owner: Owner, id: string, holds: (view: DestinationView) => boolean): Promise<DestinationView> =>
    eventually(
      async () => {
        const view = await find(owner.admin, id);
        if (!holds(view)) {
          throw new Error(`not so yet: ${JSON.stringify(view)}`);
        }
        return view;
      },
      { timeoutMs: 60_000 },
    );

  const change = async (owner: Owner, id: string, mutation: 'enable' | 'disable' | 'delete'): Promise<void> => {
    const { version } = await find(owner.admin, id);
    await must(graphql(owner.admin, changeBy(mutation), { input: { destinationId: id, expectedVersion: version } }));
  };

  return { graphql, find, findWhen, open, activate, change };
};

export type DestinationSteps = ReturnType<typeof createDestinationSteps>;
export type Others = Awaited<ReturnType<typeof createPublisher>>;
