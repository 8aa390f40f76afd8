import { createLatestStates, orUnavailable, type LatestState } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { Authorizations, Endpoints, Permissions, Settings, Subjects } from '../application/ports';
import type { AuthorizationSignal } from '../domain/authorization-signal';
import type { PermissionSignal } from '../domain/corp-app-prechecks';
import type { EndpointSignal } from '../domain/prechecks';
import { submissionInReview, type ReviewSettings, type SubjectState } from '../domain/subject-state';

/**
 * Subjects in review of one publisher that waited for its settings, at one go. More there are only where everything is
 * read from the beginning; what is left then is opened by the repeated decisions of its own consumer.
 */
const MAX_IN_REVIEW = 1_000;

type SubjectValue = Omit<SubjectState, 'id' | 'publisherId' | 'sequence'> & { readonly inReview: boolean };

const toSubject = ({ id, publisherId, sequence, value }: LatestState<SubjectValue>): SubjectState => ({
  kind: value.kind,
  id,
  publisherId,
  sequence,
  templateId: value.templateId,
  corpApp: value.corpApp,
  isGone: value.isGone,
  submitted: value.submitted,
  onlineSubmissionId: value.onlineSubmissionId,
});

/** Templates and corp apps as their services last published them, by id. */
export const createSubjectRepository = (connection: Connection): Subjects & { ensureIndexes(): Promise<void> } => {
  const states = createLatestStates<SubjectValue>(connection, 'subjects');
  return {
    ensureIndexes: () =>
      orUnavailable(async () => {
        // inReviewOf().
        await states.documents.createIndex({ tenant: 1, 'value.inReview': 1 });
        // eraseEpoch().
        await states.documents.createIndex({ 'value.corpApp.authorizationId': 1 }, { sparse: true });
      }),
    record: (subject) => {
      const { id, publisherId, sequence, ...value } = subject;
      const inReview = submissionInReview(subject) !== null;
      return states.record({ id, publisherId, sequence, value: { ...value, inReview } });
    },
    byId: async (scope, id) => {
      const [found] = await states.find(scope, { _id: id }, 1);
      return found === undefined ? null : toSubject(found);
    },
    inReviewOf: async (scope, publisherId) => {
      const found = await states.find(scope, { tenant: publisherId, 'value.inReview': true }, MAX_IN_REVIEW);
      return found.map(toSubject);
    },
    eraseEpoch: (authorizationId, epoch) =>
      orUnavailable(async () => {
        const ofEpoch = { 'value.corpApp.authorizationId': authorizationId, 'value.corpApp.epoch': epoch } as object;
        const emptied = {
          'value.corpApp.corpId': '',
          'value.isGone': true,
          'value.inReview': false,
          'value.submitted': null,
          'value.onlineSubmissionId': null,
        } as object;
        return (await states.documents.updateMany(ofEpoch, { $set: emptied })).matchedCount;
      }),
  };
};

type EndpointValue = Omit<EndpointSignal, 'subjectId' | 'publisherId' | 'sequence'>;

/** Callback endpoints by the template or the app that they belong to. */
export const createEndpointRepository = (connection: Connection): Endpoints => {
  const states = createLatestStates<EndpointValue>(connection, 'endpoints');
  return {
    record: ({ subjectId, publisherId, sequence, ...value }) =>
      states.record({ id: subjectId, publisherId, sequence, value }),
    bySubject: async (scope, subjectId) => {
      const [found] = await states.find(scope, { _id: subjectId }, 1);
      return found === undefined
        ? null
        : { subjectId, publisherId: found.publisherId, sequence: found.sequence, ...found.value };
    },
  };
};

/** Authorizations by id: whether their epochs live, and whether the app is online. */
export const createAuthorizationRepository = (connection: Connection): Authorizations => {
  const states = createLatestStates<Pick<AuthorizationSignal, 'suiteId' | 'epochs'>>(connection, 'authorizations');
  return {
    record: ({ id, publisherId, sequence, ...value }) => states.record({ id, publisherId, sequence, value }),
    byId: async (scope, id) => {
      const [found] = await states.find(scope, { _id: id }, 1);
      return found === undefined
        ? null
        : { id, publisherId: found.publisherId, sequence: found.sequence, ...found.value };
    },
  };
};

/** Whether permissions wait for the corp, by corp app. */
export const createPermissionRepository = (connection: Connection): Permissions => {
  const states = createLatestStates<Pick<PermissionSignal, 'isUnconfirmed'>>(connection, 'permissions');
  return {
    record: ({ corpAppId, publisherId, sequence, isUnconfirmed }) =>
      states.record({ id: corpAppId, publisherId, sequence, value: { isUnconfirmed } }),
    byCorpApp: async (scope, corpAppId) => {
      const [found] = await states.find(scope, { _id: corpAppId }, 1);
      return found === undefined
        ? null
        : { corpAppId, publisherId: found.publisherId, sequence: found.sequence, ...found.value };
    },
  };
};

/** Review settings by publisher. */
export const createSettingsRepository = (connection: Connection): Settings => {
  const states = createLatestStates<ReviewSettings>(connection, 'publisher_settings');
  return {
    record: (publisherId, sequence, value) => states.record({ id: publisherId, publisherId, sequence, value }),
    byPublisher: async (scope, publisherId) => {
      const [found] = await states.find(scope, { _id: publisherId }, 1);
      return found?.value ?? null;
    },
  };
};
