import { authorizationTopic, type EpochState, type ObservationState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { AuthorizationSeen } from '../application/follow-authorization';
import type { UseCases } from '../application/use-cases';

interface SeenPart<Value> {
  readonly readAt: string;
  readonly value: Value;
}

const keepAgent = ({ agent }: ObservationState) =>
  agent && {
    readAt: agent.readAt,
    value: {
      name: agent.value.name,
      homeUrl: agent.value.homeUrl,
      // A host name is the same in any case; ours are kept in lower case.
      redirectDomain: agent.value.redirectDomain.toLowerCase(),
    },
  };

/** Of a cancelled epoch nothing of the corp is kept: the projection outlives the erasure. */
const keepEpoch = (state: EpochState, cancelledAt: string) =>
  state.status === 'CANCELLED'
    ? { epoch: state.epoch, status: state.status, cancelledAt: state.cancelledAt ?? cancelledAt }
    : {
        epoch: state.epoch,
        status: state.status,
        environment: state.environment,
        enabled: state.enabled,
        publishStatus: state.observation.publishStatus,
        agent: keepAgent(state.observation),
        scope: state.observation.scope,
      };

const dated = <Value>(part: SeenPart<Value> | null) => part && { readAt: new Date(part.readAt), value: part.value };

const toEpoch = (state: ReturnType<typeof keepEpoch>, sequence: number): AuthorizationSeen['epochs'][number] => {
  if (state.status === 'CANCELLED') {
    return { epoch: state.epoch, status: state.status, cancelledAt: new Date(state.cancelledAt) };
  }
  const { epoch, status, environment, enabled, publishStatus, agent, scope } = state;
  const observed = { publishStatus: dated(publishStatus), agent: dated(agent), scope: dated(scope) };
  return { epoch, status, view: { sequence, environment, enabled, observed } };
};

/** One app per epoch, and what WeCom says of it. What was granted before this service was there is granted still. */
export const authorizationConsumer = ({ followAuthorization }: Pick<UseCases, 'followAuthorization'>) =>
  defineConsumer(authorizationTopic, {
    name: 'authorization',
    project: ({ data, time }) => ({
      templateId: data.templateId,
      suiteId: data.suiteId,
      corpId: data.status === 'ACTIVE' ? data.corpId : '',
      epochs: data.epochs.map((epoch) => keepEpoch(epoch, time)),
    }),
    effects: ({ aggregateId: authorizationId, tenant: publisherId, sequence, value }) =>
      followAuthorization({
        publisherId,
        authorizationId,
        templateId: value.templateId,
        suiteId: value.suiteId,
        corpId: value.corpId,
        epochs: value.epochs.map((epoch) => toEpoch(epoch, sequence)),
      }),
  });
