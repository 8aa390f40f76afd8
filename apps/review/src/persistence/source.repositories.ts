import { orUnavailable } from '@daikaifa/mongo';
import type { Connection } from 'mongoose';
import type { Endpoints, Settings, Subjects } from '../application/ports';
import type { EndpointSignal } from '../domain/prechecks';
import { submissionInReview, type ReviewSettings, type TemplateSubject } from '../domain/template-subject';
import { createLatestStates, type Latest } from './latest-state';

/** Templates in review of one publisher that waited for its settings; far more than there ever are. */
const MAX_IN_REVIEW = 1_000;

type SubjectValue = Pick<TemplateSubject, 'availability' | 'submitted' | 'onlineSubmissionId'> & {
  readonly inReview: boolean;
};

const toSubject = ({ id, publisherId, sequence, value }: Latest<SubjectValue>): TemplateSubject => ({
  templateId: id,
  publisherId,
  sequence,
  availability: value.availability,
  submitted: value.submitted,
  onlineSubmissionId: value.onlineSubmissionId,
});

/** Templates as the template service last published them, by id. */
export const createSubjectRepository = (connection: Connection): Subjects & { ensureIndexes(): Promise<void> } => {
  const states = createLatestStates<SubjectValue>(connection, 'template_subjects');
  return {
    // inReviewOf().
    ensureIndexes: () =>
      orUnavailable(async () => {
        await states.documents.createIndex({ tenant: 1, 'value.inReview': 1 });
      }),
    record: ({ templateId, publisherId, sequence, ...subject }) =>
      states.record({
        id: templateId,
        publisherId,
        sequence,
        value: {
          availability: subject.availability,
          submitted: subject.submitted,
          onlineSubmissionId: subject.onlineSubmissionId,
          inReview: submissionInReview({ templateId, publisherId, sequence, ...subject }) !== null,
        },
      }),
    byId: async (scope, templateId) => {
      const [found] = await states.find(scope, { _id: templateId }, 1);
      return found === undefined ? null : toSubject(found);
    },
    inReviewOf: async (scope, publisherId) => {
      const found = await states.find(scope, { tenant: publisherId, 'value.inReview': true }, MAX_IN_REVIEW);
      return found.map(toSubject);
    },
  };
};

type EndpointValue = Pick<EndpointSignal, 'url' | 'verifiedAt' | 'closed' | 'health'>;

/** Callback endpoints by template. */
export const createEndpointRepository = (connection: Connection): Endpoints => {
  const states = createLatestStates<EndpointValue>(connection, 'template_endpoints');
  return {
    record: ({ templateId, publisherId, sequence, url, verifiedAt, closed, health }) =>
      states.record({ id: templateId, publisherId, sequence, value: { url, verifiedAt, closed, health } }),
    byTemplate: async (scope, templateId) => {
      const [found] = await states.find(scope, { _id: templateId }, 1);
      return found === undefined
        ? null
        : { templateId, publisherId: found.publisherId, sequence: found.sequence, ...found.value };
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
