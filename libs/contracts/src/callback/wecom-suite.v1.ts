import { z } from 'zod';
import { defineSignalTopic } from '../envelope';

/** Sealed with the transport key ring, AAD = `<event id>:<field>`. Only callback and authorization can open it. */
const sealedSchema = z.string();

/**
 * One event that WeCom sent to a suite endpoint. The event id is a UUIDv8 of SHA-256(endpoint, plaintext):
 * a re-send has the same id. `type` is `wecom.suite.<InfoType>`, also for an unknown InfoType.
 */
export const wecomSuiteSignalSchema = z.object({
  endpointId: z.string(),
  suiteId: z.string(),
  infoType: z.string(),
  /** WeCom's TimeStamp, unix seconds; null when it was missing or unreadable. */
  timestampSec: z.number().int().nullable(),
  receivedAt: z.iso.datetime(),
  /** Which id matched the receiveid of the ciphertext. */
  receiveIdMatched: z.enum(['SUITE_ID', 'PROVIDER_CORP_ID', 'PARKED']),
  authCorpId: z.string().nullable(),
  state: z.string().nullable(),
  /** Seconds between WeCom's TimeStamp and our clock; a flag, never a refusal. */
  clockSkewSec: z.number().int().nullable(),
  sealed: z.object({
    raw: sealedSchema,
    authCode: sealedSchema.optional(),
    suiteTicket: sealedSchema.optional(),
  }),
});
export type WecomSuiteSignal = z.infer<typeof wecomSuiteSignalSchema>;

/** Keyed by suite id. */
export const wecomSuiteTopic = defineSignalTopic({
  producer: 'callback',
  name: 'wecom.suite',
  payload: wecomSuiteSignalSchema,
});
