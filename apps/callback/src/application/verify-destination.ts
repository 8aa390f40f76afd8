import { AppError, authorize, notFound, text, type Viewer } from '@daikaifa/kernel';
import { signingSecrets, type Destination } from '../domain/destination';
import { recordVerification } from '../domain/destination.decide';
import type { DeliveryDeps } from './delivery-ports';
import { DESTINATION, DESTINATION_EDITORS } from './destination-input';

export const PING_TYPE = 'callback.destination.ping';

/** A signed event that says nothing; answered with 2xx it activates the destination. */
const pingOf = (destination: Destination, id: string, now: Date): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    type: PING_TYPE,
    source: 'daikaifa/callback',
    subject: destination.id,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    tenant: destination.publisherId,
    data: { destinationId: destination.id },
  });

/** @throws AppError RATE_LIMITED when the publisher has sent too many */
const spendPing = async ({ pings, deliveryLimits, clock }: DeliveryDeps, publisherId: string): Promise<void> => {
  const waitMs = await pings.take(publisherId);
  if (waitMs !== null) {
    const { pingsPerMinute: limit } = deliveryLimits;
    throw new AppError(
      'RATE_LIMITED',
      text(`每个主体每分钟最多验证 ${limit} 次投递目标，请稍后再试`, `A publisher may verify ${limit} times a minute; try again later`),
      { details: { limit, retryAt: new Date(clock.now().getTime() + waitMs).toISOString() } },
    );
  }
};

export const verifyDestination =
  (deps: DeliveryDeps) =>
  async (
    viewer: Viewer,
    { destinationId }: { readonly destinationId: string },
  ): Promise<{ readonly destination: Destination; readonly verified: boolean }> => {
    const scope = authorize(viewer, DESTINATION_EDITORS);
    const { destinations, clock } = deps;
    const asked = await destinations.byId(scope, destinationId);
    if (asked === null || asked.state === 'DELETED') {
      throw notFound(DESTINATION, destinationId);
    }
    await spendPing(deps, asked.publisherId);
    const at = clock.now();
    const eventId = deps.newId();
    const { url } = asked;
    const { status, error } = await deps.webhooks.send({
      destinationId,
      url,
      secrets: signingSecrets(asked, at),
      eventId,
      body: pingOf(asked, eventId, at),
      now: at,
    });
    const saved = await destinations.update(scope, destinationId, (current) =>
      recordVerification(current, { url, at, status, error }, clock.now()),
    );
    if (saved === null) {
      throw notFound(DESTINATION, destinationId);
    }
    const isVerified = error === null && saved.url === url;
    if (isVerified && saved.state === 'ACTIVE') {
      await deps.lanes.reset(destinationId);
      await deps.deliveryWakes.deliver(destinationId);
    }
    return { destination: saved, verified: isVerified };
  };
