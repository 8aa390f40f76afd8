import {
  authorizationTopic,
  corpAppTopic,
  delegatedTemplateTopic,
  destinationTopic,
  endpointTopic,
  ERASURE_TOPICS,
  erasureRecordTopic,
  permissionSetTopic,
  publisherTopic,
  reviewItemTopic,
  suiteTopic,
  wecomAppTopic,
  wecomSuiteTopic,
  type AuthorizationState,
  type StateTopic,
} from '@daikaifa/contracts';
import { defineFeedConsumer, defineSignalConsumer, type AnyConsumer } from '@daikaifa/messaging';
import type { KeyRing } from '@daikaifa/security';
import type { AuthorizationStanding } from '../application/erase-deliveries';
import type { UseCases } from '../application/use-cases';
import { ofAppSignal, ofState, ofSuiteSignal, type AggregateIs } from './deliverable-event';

/** Every state topic, and what the id of its aggregate stands for. */
const FEEDS: ReadonlyArray<readonly [StateTopic<unknown>, AggregateIs]> = [
  [publisherTopic as StateTopic<unknown>, 'OTHER'],
  [delegatedTemplateTopic as StateTopic<unknown>, 'TEMPLATE'],
  [corpAppTopic as StateTopic<unknown>, 'CORP_APP'],
  [permissionSetTopic as StateTopic<unknown>, 'CORP_APP'],
  [reviewItemTopic as StateTopic<unknown>, 'OTHER'],
  [authorizationTopic as StateTopic<unknown>, 'OTHER'],
  [suiteTopic as StateTopic<unknown>, 'TEMPLATE'],
  [endpointTopic as StateTopic<unknown>, 'OTHER'],
  [destinationTopic as StateTopic<unknown>, 'OTHER'],
  [erasureRecordTopic as StateTopic<unknown>, 'OTHER'],
  ...ERASURE_TOPICS.map((topic) => [topic as StateTopic<unknown>, 'OTHER'] as const),
];

/** A destination belongs to a provider, and comes after it. */
const BEFORE_ANY_DESTINATION = 'template.publisher.registered';

/** Every event type that a destination can name, but for those of WeCom, which are open. */
export const DELIVERABLE_TYPES: readonly string[] = FEEDS.flatMap(([topic]) => topic.types).filter(
  (type) => type !== BEFORE_ANY_DESTINATION,
);

export const standingOf = (state: AuthorizationState): AuthorizationStanding => {
  const { publisherId, id: authorizationId, templateId, suiteId, corpId, epochs } = state;
  const ended = epochs.findLast(({ status }) => status === 'CANCELLED');
  return {
    publisherId,
    authorizationId,
    templateId,
    suiteId,
    corpId,
    epoch: Math.max(...epochs.map(({ epoch }) => epoch)),
    cancelled:
      ended?.cancelledAt === undefined || ended.cancelledAt === null
        ? null
        : { epoch: ended.epoch, at: new Date(ended.cancelledAt) },
  };
};

type Deps = Pick<UseCases, 'deliverEvent' | 'followCorp'>;

/**
 * What destinations may subscribe to. Feeds, because they pass on what happened. How a corp stands is kept before the
 * events about it are dealt with.
 */
export const deliveryFeeds = (useCases: Deps, transportKeyRing: KeyRing): readonly AnyConsumer[] => [
  defineFeedConsumer(authorizationTopic, {
    name: 'delivery-corp',
    handle: ({ data }) => useCases.followCorp(standingOf(data)),
  }) as AnyConsumer,
  ...FEEDS.map(([topic, is]) =>
    defineFeedConsumer(topic, {
      name: `delivery-${topic.producer}-${topic.aggregate}`,
      handle: (event) => useCases.deliverEvent(ofState({ ...event, data: event.data as object }, is)),
    }),
  ),
  defineSignalConsumer(wecomSuiteTopic, {
    name: 'delivery-wecom-suite',
    handle: (event) => useCases.deliverEvent(ofSuiteSignal(transportKeyRing, event)),
  }) as AnyConsumer,
  defineSignalConsumer(wecomAppTopic, {
    name: 'delivery-wecom-app',
    handle: (event) => useCases.deliverEvent(ofAppSignal(transportKeyRing, event)),
  }) as AnyConsumer,
];
