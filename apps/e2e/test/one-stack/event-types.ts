import { liveThrough, registerProvider, silentTimeline } from '@daikaifa/demo';
import { eventually } from '@daikaifa/testing';
import { openDestination, type OpenDestination } from '../destinations';
import { sharedStack } from './stack';

/** Of withdrawals, time limits, second thoughts and what ends: no part of a life cycle that goes well. */
const TROUBLE_ONLY: readonly string[] = [
  'template.withdrawn',
  'template.launch-returned',
  'template.retired',
  'template.deleted',
  'corp-app.withdrawn',
  'corp-app.launch-returned',
  'permission.second-confirmation',
  'permission.superseded',
  'permission.withdrawn',
  'permission.void',
  'permission.late-grant',
  'permission.stale',
  'review.item.precheck-failed',
  'review.item.verdict-corrected',
  'review.item.launch-timed-out',
  'review.item.launch-returned',
  'review.item.withdrawn',
  'review.item.void',
  'review.item.due-soon',
  'review.item.overdue',
  'authorization.marked-test',
  'suite-ticket.stale',
  'callback.destination.edited',
  'callback.destination.disabled',
  'callback.destination.deleted',
  'erasure.overdue',
];

const OF_WECOM: readonly string[] = [
  'wecom.app.event.subscribe',
  'wecom.app.text',
  'wecom.suite.cancel_auth',
  'wecom.suite.change_auth',
  'wecom.suite.create_auth',
  'wecom.suite.reset_permanent_code',
  'wecom.suite.suite_ticket',
];

let offered: readonly string[];
let destination: OpenDestination;

const typesOf = ({ backend }: OpenDestination): ReadonlySet<string> => new Set(backend.received.map(({ body }) => body.type));

/** Deliveries of the last events are not even queued when the life cycle has ended. */
const untilAllCame = async (types: readonly string[]): Promise<void> => {
  await eventually(
    () => {
      const brought = typesOf(destination);
      const missing = types.filter((type) => !brought.has(type));
      if (missing.length > 0) {
        throw new Error(`did not come: ${missing.join(', ')}`);
      }
      return true;
    },
    { timeoutMs: 30_000 },
  );
  await destination.until(({ deliveryCounts }) => deliveryCounts.queued === 0);
};

beforeAll(async () => {
  const stack = sharedStack();
  const doors = await registerProvider(stack, silentTimeline);
  const { deliverableEventTypes } = await doors.admin.ask<{ deliverableEventTypes: readonly string[] }>('{ deliverableEventTypes }');
  offered = deliverableEventTypes;
  const prefixes = new Set([...offered, 'wecom'].map((type) => `${type.split('.')[0]}.*`));
  destination = await openDestination(doors, { eventTypes: [...prefixes] });
  await liveThrough(stack, doors, silentTimeline);
  await untilAllCame([...OF_WECOM, ...offered.filter((type) => !TROUBLE_ONLY.includes(type))]);
}, 180_000);

afterAll(() => destination?.backend.stop());

it('brings what WeCom sends under its own names', () => {
  expect([...typesOf(destination)].filter((type) => type.startsWith('wecom.')).sort()).toEqual(OF_WECOM);
});

it('brings every type of the platform that a life cycle brings about, and none that is not offered', () => {
  const brought = [...typesOf(destination)].filter((type) => !type.startsWith('wecom.'));

  expect(brought.filter((type) => !offered.includes(type))).toEqual([]);
  expect(offered.filter((type) => !brought.includes(type))).toEqual(TROUBLE_ONLY);
});
