import { checkCallbackFields, checkTemplateFields } from './fields';
import { isAddressAllowed } from './limits';
import { errorAnswer, fail, WecomError } from './wecom-error';

describe('the address list', () => {
  it.each([
    [[], '10.1.2.3', true],
    [['10.1.2.3'], '10.1.2.3', true],
    [['10.1.2.3'], '10.1.2.30', false],
    [['10.1.2.*'], '10.1.2.30', true],
    [['10.1.2.*'], '10.1.20.3', false],
    [['127.0.0.1'], '::ffff:127.0.0.1', true],
  ])('%j and %s: %s', (list, ip, allowed) => {
    expect(isAddressAllowed(list, ip)).toBe(allowed);
  });
});

describe('the fields of a template', () => {
  it('count characters as people see them', () => {
    expect(checkTemplateFields({ name: '👩‍👩‍👧‍👦单', intro: '订单跟进' })).toEqual([]);
    expect(checkTemplateFields({ name: '订', intro: '订单' }).map(({ code }) => code)).toEqual([
      'NAME_LENGTH',
      'INTRO_LENGTH',
    ]);
  });

  it('refuse words that WeCom keeps for itself', () => {
    expect(checkTemplateFields({ name: '企微助手', intro: '订单跟进' }).map(({ limit }) => limit)).toEqual(['企微']);
  });

  it('want https unless plain http is allowed', () => {
    const fields = { callbackUrl: 'http://127.0.0.1/a', token: 'abc', encodingAesKey: 'a'.repeat(43) };
    expect(checkCallbackFields(fields, true)).toEqual([]);
    expect(checkCallbackFields(fields, false).map(({ code }) => code)).toEqual(['URL']);
  });
});

describe('a refusal', () => {
  it('carries its number and is worded as WeCom does', () => {
    expect(() => fail(40078)).toThrow(WecomError);
    const answer = errorAnswer(40078, { atMs: 1_700_000_000_000, ip: '10.0.0.1', hint: 'ab' });
    expect(answer.errmsg).toBe(
      'invalid auth_code, hint: [1700000000_1_ab], from ip: 10.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=40078',
    );
  });
});
