import fc from 'fast-check';
import { readInnerDocument } from './inner-document';

const suite = (infoType: string, rest: string) =>
  `<xml><SuiteId><![CDATA[dk4asffe9xxx4c0f4c]]></SuiteId>${rest}<InfoType> <![CDATA[${infoType}]]></InfoType>` +
  '<TimeStamp>1403610513</TimeStamp></xml>';
const common = { suiteId: 'dk4asffe9xxx4c0f4c', timestampSec: 1403610513 };

describe('suite events', () => {
  it.each([
    ['suite_ticket', '<SuiteTicket><![CDATA[asdf]]></SuiteTicket>', { suiteTicket: 'asdf' }],
    [
      'create_auth',
      '<AuthCode><![CDATA[CODE]]></AuthCode><State><![CDATA[123]]></State><ExtraInfo></ExtraInfo>',
      { authCode: 'CODE', state: '123' },
    ],
    ['create_auth', '<AuthCode>CODE</AuthCode>', { authCode: 'CODE', state: null }],
    ['create_auth', '<AuthCode>CODE</AuthCode><State></State>', { authCode: 'CODE', state: null }],
    [
      'create_auth',
      '<AuthCode>CODE</AuthCode><ExtraInfo><AuthOpenKfIdList><OpenKfId>1</OpenKfId></AuthOpenKfIdList></ExtraInfo>',
      { authCode: 'CODE', state: null },
    ],
    ['change_auth', '<AuthCorpId><![CDATA[wpCase]]></AuthCorpId><State/>', { authCorpId: 'wpCase', state: null }],
    ['cancel_auth', '<AuthCorpId><![CDATA[wpCase]]></AuthCorpId>', { authCorpId: 'wpCase' }],
    ['reset_permanent_code', '<AuthCode><![CDATA[CODE]]></AuthCode>', { authCode: 'CODE' }],
  ])('%s is normalised: %s', (infoType, rest, expected) => {
    const raw = suite(infoType, rest);
    const read = readInnerDocument(Buffer.from(raw));

    expect(read).toMatchObject({ class: 'SUITE', infoType, ...common, raw, fault: null });
    expect(read).toHaveProperty('event', { infoType, ...common, ...expected });
  });

  it('passes every other InfoType through with its fields', () => {
    const rest = '<AuthCorpId>wp1</AuthCorpId><AuthType>customer_acquisition</AuthType>';
    const read = readInnerDocument(suite('approve_special_auth', rest));

    expect(read).toMatchObject({
      class: 'SUITE',
      infoType: 'approve_special_auth',
      authCorpId: 'wp1',
      event: null,
      fault: null,
      fields: { AuthType: 'customer_acquisition', AuthCorpId: 'wp1' },
    });
  });

  it.each([
    ['suite_ticket', '', 'SuiteTicket: invalid_type'],
    ['create_auth', `<AuthCode>${'SECRETCODE'.repeat(52)}</AuthCode>`, 'AuthCode: too_big'],
    ['cancel_auth', '<AuthCorpId><A>1</A></AuthCorpId>', 'AuthCorpId: invalid_type'],
  ])('keeps raw and name of a %s that breaks its shape', (infoType, rest, fault) => {
    const raw = suite(infoType, rest);
    const read = readInnerDocument(raw);

    expect(read).toMatchObject({ class: 'SUITE', infoType, ...common, event: null, raw, fault });
  });

  it('reads JSON without losing digits', () => {
    const read = readInnerDocument(
      '{"SuiteId":"dk1","InfoType":"cancel_auth","TimeStamp":1403610513,"AuthCorpId":"wp1","Id":4561255354251345929}',
    );

    expect(read).toMatchObject({ class: 'SUITE', event: { infoType: 'cancel_auth', authCorpId: 'wp1' } });
    expect(read.fields).toMatchObject({ Id: '4561255354251345929', TimeStamp: '1403610513' });
  });
});

describe('classes by content', () => {
  it('system: ServiceCorpId and InfoType', () => {
    expect(
      readInnerDocument(
        '<xml><AuthCorpId>wp1</AuthCorpId><InfoType>license_refund</InfoType><ServiceCorpId>ww1</ServiceCorpId>' +
          '<TimeStamp>1403610513</TimeStamp></xml>',
      ),
    ).toMatchObject({
      class: 'SYSTEM',
      serviceCorpId: 'ww1',
      infoType: 'license_refund',
      authCorpId: 'wp1',
      timestampSec: 1403610513,
    });
  });

  it('app: ToUserName and MsgType, ids of 64 bits as text', () => {
    expect(
      readInnerDocument(
        '<xml><ToUserName>wx1</ToUserName><FromUserName>u1</FromUserName><CreateTime>1409659813</CreateTime>' +
          '<MsgType>text</MsgType><Content>hello</Content><MsgId>4561255354251345929</MsgId>' +
          '<AgentID>218</AgentID></xml>',
      ),
    ).toMatchObject({
      class: 'APP',
      toUserName: 'wx1',
      fromUserName: 'u1',
      msgType: 'text',
      event: null,
      createTimeSec: 1409659813,
      msgId: '4561255354251345929',
      agentId: '218',
    });
  });

  it('app event: its name', () => {
    expect(
      readInnerDocument(
        '<xml><ToUserName>wx1</ToUserName><FromUserName>sys</FromUserName><MsgType>event</MsgType>' +
          '<Event>subscribe</Event></xml>',
      ),
    ).toMatchObject({ class: 'APP', msgType: 'event', event: 'subscribe', createTimeSec: null, agentId: null });
  });

  it.each([
    ['an empty document', '<xml></xml>'],
    ['a name without its class', '<xml><InfoType>create_auth</InfoType></xml>'],
    ['a text', 'hello'],
    ['broken JSON', '{"SuiteId"'],
  ])('unknown: %s', (_name, raw) => {
    expect(readInnerDocument(raw)).toMatchObject({ class: 'UNKNOWN', raw, fault: expect.any(String) });
  });
});

describe('documents that are not well-formed', () => {
  it('keep raw, class and name', () => {
    const raw =
      '<xml><ServiceCorpId><![CDATA[ww1]]></ServiceCorpId><InfoType><![CDATA[license_pay_success]]></InfoType>' +
      '<BuyerUserId><![CDATA[USERID]]</BuyerUserId><TimeStamp>1403610513</TimeStamp></xml>';

    expect(readInnerDocument(raw)).toMatchObject({
      class: 'SYSTEM',
      serviceCorpId: 'ww1',
      infoType: 'license_pay_success',
      fields: null,
      raw,
      fault: 'XML: SYNTAX',
    });
  });

  it('have no typed event, even when its fields could be found', () => {
    const raw = `${suite('cancel_auth', '<AuthCorpId>wp1</AuthCorpId>')}<broken>`;
    const expected = { class: 'SUITE', event: null, authCorpId: 'wp1', fault: 'XML: SYNTAX' };
    expect(readInnerDocument(raw)).toMatchObject(expected);
  });

  it('do not take what a member typed for elements of WeCom', () => {
    const raw =
      '<xml><ToUserName>wx1</ToUserName><MsgType>text</MsgType>' +
      '<Content><![CDATA[<SuiteId>dk1</SuiteId><InfoType>cancel_auth</InfoType>]]></Content><A></xml>';
    expect(readInnerDocument(raw)).toMatchObject({ class: 'APP', toUserName: 'wx1', fault: 'XML: SYNTAX' });
  });

  it.each([
    ['a section that opens twice', '<![CDATA[<SuiteId>dk1</SuiteId><InfoType>cancel_auth</InfoType><![CDATA[x]]>'],
    ['a section that never closes', '<![CDATA[<SuiteId>dk1</SuiteId><InfoType>cancel_auth</InfoType>'],
  ])('nor in %s', (_name, content) => {
    const raw = `<xml><ToUserName>wx1</ToUserName><MsgType>text</MsgType><A><Content>${content}</Content></xml>`;
    expect(readInnerDocument(raw)).toMatchObject({ class: 'APP', toUserName: 'wx1', fault: 'XML: SYNTAX' });
  });

  it('are given up in linear time', () => {
    const startedAt = performance.now();
    readInnerDocument('<![CDATA['.repeat(110_000));
    readInnerDocument(`<xml>${'<InfoType> '.repeat(90_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (raw) => {
        expect(readInnerDocument(raw).raw).toBe(raw);
      }),
    );
  });
});
