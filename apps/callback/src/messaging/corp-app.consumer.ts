import { corpAppTopic, type CorpAppState } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import type { UseCases } from '../application/use-cases';
import { corpKeyOf } from '../domain/corp';

const WATCHED: ReadonlyArray<CorpAppState['status']> = ['IN_REVIEW', 'APPROVED', 'ONLINE'];

/** The working revision first: that is what a person is about to type into WeCom's console. */
const callbacksOf = ({ workingRevision, onlineRevision }: CorpAppState) =>
  [workingRevision, onlineRevision].flatMap((revision) => (revision === null ? [] : [revision.content.callback]));

const projected = (app: CorpAppState) => {
  const callbacks = callbacksOf(app);
  return {
    templateId: app.templateId,
    // Instead of the corp's id, which must not outlive the authorization.
    corpKey: app.corpId === '' ? null : corpKeyOf(app.suiteId, app.corpId),
    own: callbacks[0] === 'OWN',
    wanted: callbacks.includes('OWN'),
    watched: WATCHED.includes(app.status) || app.workingRevision?.status === 'IN_REVIEW',
    cancelled: app.status === 'CANCELLED',
  };
};

/** An app has an endpoint of its own from the first revision that says so to the cancellation. */
export const corpAppConsumer = ({ followCorpApp }: Pick<UseCases, 'followCorpApp'>) =>
  defineConsumer(corpAppTopic, {
    name: 'corp-app',
    project: ({ data }) => projected(data),
    effects: ({ tenant, aggregateId: corpAppId, value }) => followCorpApp({ corpAppId, publisherId: tenant, ...value }),
  });
