import { z } from 'zod';
import { defineSignalTopic } from '../envelope';

/**
 * One message or event that WeCom sent to a corp's app. The event id is a UUIDv8 of SHA-256(endpoint, plaintext):
 * a re-send has the same id. `type` is `wecom.app.<MsgType>` or, for an event, `wecom.app.event.<Event>`.
 */
export const wecomAppSignalSchema = z.object({
  endpointId: z.string(),
  suiteId: z.string(),
  /** Encrypted corp id, case-sensitive. */
  corpId: z.string(),
  agentId: z.number().int().nullable(),
  msgType: z.string(),
  /** Of MsgType `event`; null for a message. */
  event: z.string().nullable(),
  /** WeCom's CreateTime, unix seconds; null when it was missing or unreadable. */
  createTimeSec: z.number().int().nullable(),
  receivedAt: z.iso.datetime(),
  /** Which id matched the receiveid of the ciphertext. */
  receiveIdMatched: z.enum(['CORP_ID', 'SUITE_ID', 'PROVIDER_CORP_ID', 'PARKED']),
  clockSkewSec: z.number().int().nullable(),
  /** Sealed with the transport key ring, AAD = `<event id>:raw`. */
  sealed: z.object({ raw: z.string() }),
});
export type WecomAppSignal = z.infer<typeof wecomAppSignalSchema>;

/** Keyed by `<suite id>:<corp id>`. */
export const wecomAppTopic = defineSignalTopic({
  producer: 'callback',
  name: 'wecom.app',
  payload: wecomAppSignalSchema,
});
