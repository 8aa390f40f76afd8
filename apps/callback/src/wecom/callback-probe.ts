import { randomInt } from 'node:crypto';
import { isAppError, type Clock } from '@daikaifa/kernel';
import type { GuardedClient, GuardReason } from '@daikaifa/security';
import type { Probe } from '../application/ports';
import { probePlaintext } from '../application/probe-endpoint';
import type { HealthReason } from '../domain/health';

const OF_GUARD: Readonly<Record<GuardReason, HealthReason>> = {
  NAME_NOT_RESOLVED: 'NAME_NOT_RESOLVED',
  UNREACHABLE: 'UNREACHABLE',
  BAD_REQUEST: 'UNREACHABLE',
  TLS: 'TLS',
  NOT_HTTPS: 'TLS',
  TOO_SLOW: 'TOO_SLOW',
  TOO_LARGE: 'WRONG_ANSWER',
  REDIRECT: 'WRONG_STATUS',
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
};

/** How an endpoint of this product answers a signature that fits none of its pairs. */
const WRONG_KEY_STATUSES: readonly number[] = [401, 403];

const guardReason = (error: unknown): GuardReason | null =>
  isAppError(error) && typeof error.details['reason'] === 'string' ? (error.details['reason'] as GuardReason) : null;

const withQuery = (url: string, query: Readonly<Record<string, string>>): string => {
  const full = new URL(url);
  Object.entries(query).forEach(([name, value]) => full.searchParams.set(name, value));
  return full.href;
};

/** A URL verification like WeCom's, sent from here through whatever stands in front of the public address. */
export const createCallbackProbe = (client: GuardedClient, clock: Clock): Probe => ({
  ask: async (url, cipher, receiveId) => {
    const plaintext = probePlaintext();
    const timestamp = String(Math.floor(clock.now().getTime() / 1_000));
    const nonce = String(randomInt(1_000_000_000));
    const encrypt = cipher.encrypt(plaintext, receiveId);
    const msgSignature = cipher.sign({ timestamp, nonce, encrypt });
    try {
      const { status, body } = await client.request({
        url: withQuery(url, { msg_signature: msgSignature, timestamp, nonce, echostr: encrypt }),
        method: 'GET',
      });
      if (status !== 200) {
        return WRONG_KEY_STATUSES.includes(status) ? 'WRONG_KEY' : 'WRONG_STATUS';
      }
      return body.toString('utf8') === plaintext ? null : 'WRONG_ANSWER';
    } catch (error) {
      const reason = guardReason(error);
      if (reason === null) {
        throw error;
      }
      return OF_GUARD[reason];
    }
  },
});
