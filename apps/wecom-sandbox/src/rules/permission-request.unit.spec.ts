import { isOpenRequest, nextRequestState, REQUEST_STATES, REQUEST_STEPS } from './permission-request';

const EXPECTED: Record<string, string> = {
  'PENDING confirm': 'GRANTED',
  'PENDING confirmFirst': 'PENDING_SECOND',
  'PENDING decline': 'DECLINED',
  'PENDING withdraw': 'WITHDRAWN',
  'PENDING supersede': 'SUPERSEDED',
  'PENDING cancelAuthorization': 'VOID',
  'PENDING_SECOND confirmSecond': 'GRANTED',
  'PENDING_SECOND decline': 'DECLINED',
  'PENDING_SECOND withdraw': 'WITHDRAWN',
  'PENDING_SECOND supersede': 'SUPERSEDED',
  'PENDING_SECOND cancelAuthorization': 'VOID',
};

describe('a permission request', () => {
  it.each(REQUEST_STATES.flatMap((state) => REQUEST_STEPS.map((step) => [state, step] as const)))(
    '%s: %s',
    (state, step) => {
      expect(nextRequestState(state, step)).toBe(EXPECTED[`${state} ${step}`]);
    },
  );

  it('is open while the corp has to decide', () => {
    expect(REQUEST_STATES.filter(isOpenRequest)).toEqual(['PENDING', 'PENDING_SECOND']);
  });
});
