import { CUSTOMIZED_AUTH_STATE, LIMIT_TABLE, LIMITS } from './limits';

describe('limits', () => {
  it.each([
    ['suiteTicketPushEveryMs', 600_000],
    ['suiteTicketValidMs', 1_800_000],
    ['authCodeValidMs', 600_000],
    ['preAuthCodeValidMs', 1_200_000],
    ['accessTokenValidMs', 7_200_000],
    ['customizedAuthUrlValidMs', 864_000_000],
    ['urlVerificationAnswerMs', 1_000],
    ['authorizationEventAnswerMs', 1_000],
    ['eventAnswerMs', 5_000],
    ['eventSends', 3],
    ['customizedAuthStateMaxBytes', 32],
    ['installStateMaxBytes', 128],
    ['testCorpsPerProvider', 30],
    ['wrongSecretBanMs', 3_600_000],
  ] as const)('%s is %d', (name, value) => {
    expect(LIMITS[name]).toBe(value);
  });

  it('gives a source for each', () => {
    expect(Object.entries(LIMIT_TABLE).filter(([, { source }]) => !/^(doc \d{5}|ours)/.test(source))).toEqual([]);
  });

  it.each([
    ['a1B2', true],
    ['a'.repeat(32), true],
    ['a'.repeat(33), false],
    ['', false],
    ['a_b', false],
    ['a\n', false],
  ])('the state %j is allowed: %s', (state, allowed) => {
    expect(CUSTOMIZED_AUTH_STATE.test(state)).toBe(allowed);
  });
});
