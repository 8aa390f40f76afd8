import { operations } from '@daikaifa/client';
import { developInConsole, found, launchInConsole, type Doors } from '@daikaifa/demo';
import { eventually, uniqueName } from '@daikaifa/testing';
import type { Installation } from './corps';
import { startDeliveryBackend, type DeliveryBackend } from './delivery-backend';

export interface DeliveryView {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly state: string;
  readonly deadReason: string | null;
  readonly tries: number;
  readonly retryable: boolean;
  readonly attempts: ReadonlyArray<{ readonly status: number | null; readonly error: string | null }>;
}

export interface DestinationView {
  readonly version: number;
  readonly state: string;
  readonly deliveryCounts: Readonly<Record<'queued' | 'delivered' | 'dead' | 'erased', number>>;
  readonly deliveries: { readonly nodes: readonly DeliveryView[] };
}

const DESTINATION = `
  query DestinationOfBackend($id: ID!) {
    destination(id: $id) {
      id version state
      deliveryCounts { queued delivered dead erased }
      deliveries(first: 100) {
        nodes { id eventId eventType state deadReason tries retryable attempts { status error } }
      }
    }
  }
`;

const changeOf = (what: 'enable' | 'disable'): string => `
  mutation Change($input: DestinationVersionInput!) { ${what}Destination(input: $input) { destination { id state } } }
`;

export interface Wanted {
  readonly eventTypes: readonly string[];
  readonly corpIds?: readonly string[];
  readonly concurrency?: number;
}

/** A destination with the backend behind it; verified by a signed ping. */
export const openDestination = async ({ admin, publisherId }: Doors, wanted: Wanted) => {
  const backend = await startDeliveryBackend();
  const input = { publisherId, idempotencyKey: uniqueName('key'), name: '业务后台', url: backend.url, ...wanted };
  const { destination, secret } = (await admin.ask(operations.CreateDestinationDocument, { input })).createDestination;
  backend.trust(found(secret, 'the signing secret'));
  await admin.ask(operations.VerifyDestinationDocument, { input: { destinationId: destination.id } });

  const look = async (): Promise<DestinationView> =>
    found((await admin.ask<{ destination: DestinationView | null }>(DESTINATION, { id: destination.id })).destination, 'the destination');

  const change = async (what: 'enable' | 'disable'): Promise<void> => {
    const { version: expectedVersion } = await look();
    await admin.ask(changeOf(what), { input: { destinationId: destination.id, expectedVersion } });
  };

  return {
    id: destination.id,
    backend,
    look,
    /** Once its deliveries are as wanted. */
    until: (holds: (one: DestinationView) => boolean, timeoutMs = 30_000): Promise<DestinationView> =>
      eventually(
        async () => {
          const one = await look();
          if (holds(one)) {
            return one;
          }
          throw new Error(`the destination is not as wanted: ${JSON.stringify(one)}`);
        },
        { timeoutMs, everyMs: 200 },
      ),
    enable: () => change('enable'),
    disable: () => change('disable'),
    retry: async (deliveryId: string) => {
      await admin.ask(operations.RetryDeliveryDocument, { input: { deliveryId, idempotencyKey: uniqueName('key') } });
    },
  };
};

export type OpenDestination = Awaited<ReturnType<typeof openDestination>>;

export const untilReceived = ({ received }: DeliveryBackend, count = 1, timeoutMs = 30_000): Promise<unknown> =>
  eventually(() => received.length >= count, { timeoutMs });

/** Made, submitted, approved and launched in WeCom's console: members can write to it. Shares the template's callback. */
export const launchAtWecom = async (doors: Doors, suiteId: string, { id }: Installation): Promise<void> => {
  await developInConsole(doors, id, {});
  await launchInConsole(doors, suiteId, [id]);
};

/** A member writes to the app; resolves when the platform has answered 200. */
export const write = async ({ sandbox }: Doors, { id }: Installation, text: string): Promise<void> => {
  const push = await sandbox.call<{ id: string }>('POST', `/installations/${id}/messages`, { userId: 'admin', text });
  await eventually(async () => {
    const { outcome } = await sandbox.call<{ outcome: string }>('GET', `/pushes/${push.id}`);
    return outcome === 'DELIVERED';
  });
};
