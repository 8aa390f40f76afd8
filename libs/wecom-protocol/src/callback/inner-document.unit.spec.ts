import fc from 'fast-check';
import { readInnerDocument } from './inner-document';
import { cdata } from './xml-document';

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
      agentId: 218,
      content: { kind: 'text', content: 'hello', msgId: '4561255354251345929' },
      fault: null,
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

describe('app messages and events', () => {
  const app = (msgType: string, rest: string) =>
    `<xml><ToUserName><![CDATA[wpCase]]></ToUserName><FromUserName><![CDATA[zhang]]></FromUserName>` +
    `<CreateTime>1348831860</CreateTime><MsgType><![CDATA[${msgType}]]></MsgType>${rest}<AgentID>1000002</AgentID></xml>`;
  const event = (name: string, rest = '') => app('event', `<Event><![CDATA[${name}]]></Event>${rest}`);
  const msgId = '<MsgId>9223372036854775807</MsgId>';

  it.each([
    ['text', `<Content><![CDATA[  你好 <b> ]]></Content>${msgId}`, { content: '你好 <b>' }],
    ['image', `<PicUrl>http://p/1</PicUrl><MediaId>m1</MediaId>${msgId}`, { picUrl: 'http://p/1', mediaId: 'm1' }],
    ['voice', `<MediaId>m1</MediaId><Format>amr</Format>${msgId}`, { mediaId: 'm1', format: 'amr' }],
    ['video', `<MediaId>m1</MediaId><ThumbMediaId>t1</ThumbMediaId>${msgId}`, { mediaId: 'm1', thumbMediaId: 't1' }],
    [
      'location',
      `<Location_X>23.134</Location_X><Location_Y>-113.358</Location_Y><Scale>20</Scale><Label>x</Label>${msgId}<AppType>wxwork</AppType>`,
      { latitude: 23.134, longitude: -113.358, scale: 20, label: 'x', appType: 'wxwork' },
    ],
    [
      'link',
      `<Title>t</Title><Description></Description><Url>http://u</Url><PicUrl>http://p</PicUrl>${msgId}`,
      { title: 't', description: '', url: 'http://u', picUrl: 'http://p' },
    ],
  ])('message %s is normalised', (msgType, rest, expected) => {
    const read = readInnerDocument(app(msgType, rest));

    const frame = { class: 'APP', toUserName: 'wpCase', fromUserName: 'zhang', createTimeSec: 1348831860, agentId: 1000002 };
    expect(read).toMatchObject({ ...frame, msgType, event: null, msgId: '9223372036854775807', fault: null });
    expect(read).toHaveProperty('content', { kind: msgType, msgId: '9223372036854775807', ...expected });
  });

  it.each([
    ['subscribe', '<EventKey></EventKey>', { eventKey: null }],
    ['click', '<EventKey><![CDATA[KEY]]></EventKey>', { eventKey: 'KEY' }],
    [
      'scancode_waitmsg',
      '<EventKey>6</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[1]]></ScanResult></ScanCodeInfo>',
      { eventKey: '6', scanType: 'qrcode', scanResult: '1' },
    ],
    [
      'LOCATION',
      '<Latitude>23.104</Latitude><Longitude>113.320</Longitude><Precision>65.000</Precision><AppType></AppType>',
      { latitude: 23.104, longitude: 113.32, precision: 65, appType: null },
    ],
    [
      'batch_job_result',
      '<BatchJob><JobId>j1</JobId><JobType>sync_user</JobType><ErrCode>0</ErrCode><ErrMsg>ok</ErrMsg></BatchJob>',
      { jobId: 'j1', jobType: 'sync_user', errCode: 0, errMsg: 'ok' },
    ],
    ['inactive_alert', '<EffectTime>1764000000</EffectTime>', { effectTimeSec: 1764000000 }],
    ['close_inactive_agent', '', {}],
    ['change_external_tag', '<Id>t1</Id><TagType>tag</TagType><ChangeType>delete</ChangeType>', { changeType: 'delete', id: 't1', tagType: 'tag' }],
  ])('event %s is normalised', (name, rest, expected) => {
    const read = readInnerDocument(event(name, rest));

    expect(read).toMatchObject({ class: 'APP', msgType: 'event', event: name, fault: null });
    expect(read).toHaveProperty('content', { kind: name, ...expected });
  });

  it.each([
    ['update_user', '<UserID>zhang</UserID><NewUserID>zhang2</NewUserID>', { userId: 'zhang', newUserId: 'zhang2' }],
    ['create_party', '<Id>2</Id><Name>张三</Name><ParentId><![CDATA[1]]></ParentId>', { partyId: '2' }],
    ['update_tag', '<TagId>1</TagId><AddUserItems>zhang,li</AddUserItems>', { tagId: '1' }],
  ])('change_contact says what changed: %s', (changeType, rest, expected) => {
    const none = { userId: null, newUserId: null, partyId: null, tagId: null };
    const read = readInnerDocument(event('change_contact', `<ChangeType>${changeType}</ChangeType>${rest}`));

    expect(read).toMatchObject({ changeType, fault: null });
    expect(read).toHaveProperty('content', { kind: 'change_contact', changeType, ...none, ...expected });
  });

  it.each([
    ['an Event without a strict type', event('program_notify', '<NotifyId>n</NotifyId>'), { event: 'program_notify' }],
    ['an Event that nobody knows', event('new_thing'), { event: 'new_thing' }],
    ['a MsgType that nobody knows', app('hologram', ''), { msgType: 'hologram' }],
    ['the names of a prototype', event('constructor'), { event: 'constructor' }],
    ['a MsgType event without its name', app('event', ''), { event: null }],
  ])('pass through: %s', (_name, raw, expected) => {
    expect(readInnerDocument(raw)).toMatchObject({ class: 'APP', content: null, fault: null, raw, ...expected });
  });

  it.each([
    ['a text without a MsgId', app('text', '<Content>secret</Content>'), 'MsgId: invalid_type'],
    ['a MsgId that is no number', app('text', '<Content>secret</Content><MsgId>x1</MsgId>'), 'MsgId: invalid_format'],
    ['a nested text', app('text', `<Content><A>secret</A></Content>${msgId}`), 'Content: invalid_type'],
    ['a change_contact without its kind', event('change_contact', '<UserID>secret</UserID>'), 'ChangeType: invalid_type'],
  ])('keep raw and frame, and name the fault: %s', (_name, raw, fault) => {
    const read = readInnerDocument(raw);

    expect(read).toMatchObject({ class: 'APP', toUserName: 'wpCase', content: null, raw, fault });
    expect(read.fault).not.toContain('secret');
  });

  it('come out of both readers alike, whatever a member types', () => {
    const typed = fc.string({ unit: fc.constantFrom(...'a <>&]]>![CDATA\r\n\t你😀"\'') });
    fc.assert(
      fc.property(typed, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (content, number) => {
        const body = `<Content>${cdata(content)}</Content><MsgId>${number}</MsgId>`;
        const raw = app('text', body);
        // An attribute sends the same document through the real parser.
        const fast = readInnerDocument(raw);
        expect(readInnerDocument(raw.replace('<xml>', '<xml v="1">'))).toEqual({ ...fast, raw: expect.any(String) });
        expect(fast).toMatchObject({ class: 'APP', fault: null, msgId: String(number) });
      }),
    );
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

  // Each of these takes hours in a reader that looks at a byte more than a few times.
  it.each(['<![CDATA['.repeat(110_000), `<xml>${'<InfoType> '.repeat(90_000)}`])('are given up, however long: %#', (raw) => {
    expect(readInnerDocument(raw).fault).toMatch(/^XML: /);
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (raw) => {
        expect(readInnerDocument(raw).raw).toBe(raw);
      }),
    );
  });
});
