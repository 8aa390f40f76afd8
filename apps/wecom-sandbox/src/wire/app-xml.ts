import type { AppPushName } from '../store/types';
import { cdata, document } from './xml';

/** Who wrote, to which app: corp and member with the ids that this provider knows them by. */
interface FromMember {
  readonly corpId: string;
  readonly userId: string;
  readonly atSec: number;
  readonly agentId: number;
}

const frame = (from: FromMember, msgType: string): string[] => [
  `<ToUserName>${cdata(from.corpId)}</ToUserName>`,
  `<FromUserName>${cdata(from.userId)}</FromUserName>`,
  `<CreateTime>${from.atSec}</CreateTime>`,
  `<MsgType>${cdata(msgType)}</MsgType>`,
];

/** The plaintexts of an app's callback. */
export const appXml = {
  text: (from: FromMember & { readonly content: string; readonly msgId: string }): string =>
    document([
      ...frame(from, 'text'),
      `<Content>${cdata(from.content)}</Content>`,
      `<MsgId>${from.msgId}</MsgId>`,
      `<AgentID>${from.agentId}</AgentID>`,
    ]),
  event: (from: FromMember & { readonly event: Exclude<AppPushName, 'text'>; readonly eventKey: string }): string =>
    document([
      ...frame(from, 'event'),
      `<Event>${cdata(from.event)}</Event>`,
      `<EventKey>${cdata(from.eventKey)}</EventKey>`,
      `<AgentID>${from.agentId}</AgentID>`,
    ]),
};
