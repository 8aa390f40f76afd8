import { APP_STEPS, nextStage, REVIEW_STATES } from './app-steps';

const EXPECTED: Record<string, string> = {
  '0 NONE start': '1 NONE',
  '1 NONE edit': '1 NONE',
  '1 NONE submit': '1 IN_REVIEW',
  '1 IN_REVIEW withdraw': '1 NONE',
  '1 IN_REVIEW approve': '1 APPROVED',
  '1 IN_REVIEW reject': '1 REJECTED',
  '1 APPROVED edit': '1 NONE',
  '1 APPROVED withdraw': '1 NONE',
  '1 APPROVED launch': '2 NONE',
  '1 REJECTED edit': '1 NONE',
  '1 REJECTED submit': '1 IN_REVIEW',
  '2 NONE edit': '3 NONE',
  '3 NONE edit': '3 NONE',
  '3 NONE submit': '3 IN_REVIEW',
  '3 IN_REVIEW withdraw': '3 NONE',
  '3 IN_REVIEW approve': '3 APPROVED',
  '3 IN_REVIEW reject': '3 REJECTED',
  '3 APPROVED edit': '3 NONE',
  '3 APPROVED withdraw': '3 NONE',
  '3 APPROVED launch': '2 NONE',
  '3 REJECTED edit': '3 NONE',
  '3 REJECTED submit': '3 IN_REVIEW',
};

/** Nothing waits for a review before the start, nor while all is online. */
const reachable = ([0, 1, 2, 3] as const).flatMap((publishStatus) =>
  REVIEW_STATES.filter((review) => review === 'NONE' || publishStatus === 1 || publishStatus === 3).map((review) => ({
    publishStatus,
    review,
  })),
);

describe('customized_publish_status and review', () => {
  it.each(reachable.flatMap((stage) => APP_STEPS.map((step) => [stage.publishStatus, stage.review, step] as const)))(
    '%i %s: %s',
    (publishStatus, review, step) => {
      const next = nextStage({ publishStatus, review }, step);
      expect(next === undefined ? undefined : `${next.publishStatus} ${next.review}`).toBe(
        EXPECTED[`${publishStatus} ${review} ${step}`],
      );
    },
  );
});
