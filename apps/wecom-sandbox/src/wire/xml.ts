import type { InfoType } from '../store/types';

export const cdata = (value: string): string => `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

interface SuiteEvent {
  readonly suiteId: string;
  readonly atSec: number;
}

export const document = (lines: readonly string[]): string => `<xml>\n${lines.map((line) => `  ${line}\n`).join('')}</xml>`;
const suite = (event: SuiteEvent): string => `<SuiteId>${cdata(event.suiteId)}</SuiteId>`;
const time = (event: SuiteEvent): string => `<TimeStamp>${event.atSec}</TimeStamp>`;
const info = (type: InfoType): string => `<InfoType>${cdata(type)}</InfoType>`;

/**
 * The plaintexts of the template callback, in the element order and with the oddities of WeCom's own samples:
 * a blank before one CDATA, an empty ExtraInfo, no corp id where WeCom sends none.
 */
export const eventXml = {
  suiteTicket: (event: SuiteEvent & { readonly ticket: string }): string =>
    document([
      suite(event),
      `<InfoType> ${cdata('suite_ticket')}</InfoType>`,
      time(event),
      `<SuiteTicket>${cdata(event.ticket)}</SuiteTicket>`,
    ]),
  createAuth: (event: SuiteEvent & { readonly authCode: string; readonly state: string }): string =>
    document([
      suite(event),
      `<AuthCode>${cdata(event.authCode)}</AuthCode>`,
      info('create_auth'),
      time(event),
      `<State>${cdata(event.state)}</State>`,
      '<ExtraInfo></ExtraInfo>',
    ]),
  changeAuth: (event: SuiteEvent & { readonly authCorpId: string; readonly state: string }): string =>
    document([
      suite(event),
      info('change_auth'),
      time(event),
      `<AuthCorpId>${cdata(event.authCorpId)}</AuthCorpId>`,
      `<State>${cdata(event.state)}</State>`,
      '<ExtraInfo></ExtraInfo>',
    ]),
  /** 获客助手: the second confirmation, and its end. */
  specialAuth: (event: SuiteEvent & { readonly authCorpId: string; readonly approved: boolean }): string =>
    document([
      suite(event),
      `<AuthCorpId>${cdata(event.authCorpId)}</AuthCorpId>`,
      info(event.approved ? 'approve_special_auth' : 'cancel_special_auth'),
      time(event),
      `<AuthType>${cdata('customer_acquisition')}</AuthType>`,
    ]),
  cancelAuth: (event: SuiteEvent & { readonly authCorpId: string }): string =>
    document([suite(event), info('cancel_auth'), time(event), `<AuthCorpId>${cdata(event.authCorpId)}</AuthCorpId>`]),
  resetPermanentCode: (event: SuiteEvent & { readonly authCode: string }): string =>
    document([
      suite(event),
      `<AuthCode>${cdata(event.authCode)}</AuthCode>`,
      info('reset_permanent_code'),
      time(event),
    ]),
};

/** The outer document: to the suite_id with an empty AgentID, or to the corp and its app. */
export const envelopeXml = (toUserName: string, encrypted: string, agentId = ''): string =>
  [
    '<xml>',
    `<ToUserName>${cdata(toUserName)}</ToUserName>`,
    `<Encrypt>${cdata(encrypted)}</Encrypt>`,
    `<AgentID>${cdata(agentId)}</AgentID>`,
    '</xml>',
  ].join('\n');
