import { appXml } from './app-xml';
import { withParameters } from './http-call';
import { envelopeXml, eventXml } from './xml';

describe('the plaintexts', () => {
  it('suite_ticket has the blank before its CDATA', () => {
    expect(eventXml.suiteTicket({ suiteId: 'dk1', atSec: 5, ticket: 't' })).toBe(
      '<xml>\n  <SuiteId><![CDATA[dk1]]></SuiteId>\n  <InfoType> <![CDATA[suite_ticket]]></InfoType>\n  <TimeStamp>5</TimeStamp>\n  <SuiteTicket><![CDATA[t]]></SuiteTicket>\n</xml>',
    );
  });

  it.each([
    ['create_auth', eventXml.createAuth({ suiteId: 'dk1', atSec: 5, authCode: 'c', state: 's' }), false],
    ['reset_permanent_code', eventXml.resetPermanentCode({ suiteId: 'dk1', atSec: 5, authCode: 'c' }), false],
    ['change_auth', eventXml.changeAuth({ suiteId: 'dk1', atSec: 5, authCorpId: 'wp1', state: '' }), true],
    ['cancel_auth', eventXml.cancelAuth({ suiteId: 'dk1', atSec: 5, authCorpId: 'wp1' }), true],
  ])('%s names the corp: %s', (infoType, xml, namesCorp) => {
    expect(xml).toContain(`<InfoType><![CDATA[${infoType}]]></InfoType>`);
    expect(xml.includes('<AuthCorpId>')).toBe(namesCorp);
  });

  it.each([
    [true, 'approve_special_auth'],
    [false, 'cancel_special_auth'],
  ])('the second confirmation of 获客助手 given: %s', (approved, infoType) => {
    const xml = eventXml.specialAuth({ suiteId: 'dk1', atSec: 5, authCorpId: 'wp1', approved });
    expect(xml).toContain(`<InfoType><![CDATA[${infoType}]]></InfoType>`);
    expect(xml).toContain('<AuthType><![CDATA[customer_acquisition]]></AuthType>');
  });

  const member = { corpId: 'wp1', userId: 'wo1', atSec: 5, agentId: 1000002 };

  it('a text of a member has its MsgId as it is, an event its key', () => {
    expect(appXml.text({ ...member, content: '<你好>', msgId: '9223372036854775807' })).toBe(
      '<xml>\n  <ToUserName><![CDATA[wp1]]></ToUserName>\n  <FromUserName><![CDATA[wo1]]></FromUserName>\n  <CreateTime>5</CreateTime>\n  <MsgType><![CDATA[text]]></MsgType>\n  <Content><![CDATA[<你好>]]></Content>\n  <MsgId>9223372036854775807</MsgId>\n  <AgentID>1000002</AgentID>\n</xml>',
    );
    expect(appXml.event({ ...member, event: 'click', eventKey: 'K' })).toContain(
      '<MsgType><![CDATA[event]]></MsgType>\n  <Event><![CDATA[click]]></Event>\n  <EventKey><![CDATA[K]]></EventKey>',
    );
  });

  it('survive the end mark of CDATA in a value', () => {
    expect(eventXml.suiteTicket({ suiteId: 'dk1', atSec: 5, ticket: 'a]]>b' })).toContain(
      '<![CDATA[a]]]]><![CDATA[>b]]>',
    );
  });

  it('travel in an envelope addressed to the suite, or to the corp and its app', () => {
    expect(envelopeXml('wp1', 'E==', '1000002')).toBe(
      '<xml>\n<ToUserName><![CDATA[wp1]]></ToUserName>\n<Encrypt><![CDATA[E==]]></Encrypt>\n<AgentID><![CDATA[1000002]]></AgentID>\n</xml>',
    );
    expect(envelopeXml('dk1', 'E==')).toBe(
      '<xml>\n<ToUserName><![CDATA[dk1]]></ToUserName>\n<Encrypt><![CDATA[E==]]></Encrypt>\n<AgentID><![CDATA[]]></AgentID>\n</xml>',
    );
  });
});

describe('the parameters of a callback', () => {
  it('are encoded and come after those of the address', () => {
    expect(withParameters('https://a.example/x?own=1', { echostr: 'a+/=' })).toBe(
      'https://a.example/x?own=1&echostr=a%2B%2F%3D',
    );
    expect(withParameters('https://a.example/x', { nonce: '7' })).toBe('https://a.example/x?nonce=7');
  });
});
