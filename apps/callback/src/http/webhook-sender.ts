import { isAppError } from '@daikaifa/kernel';
import type { GuardedClient, GuardedResponse, GuardReason } from '@daikaifa/security';
import type { SendAnswer, WebhookSender } from '../application/delivery-ports';
import { signWebhook, type WebhookSecrets } from './webhook-secrets';

/** How much of an answer is kept. */
const SNIPPET_LENGTH = 256;
const MASK = '[masked]';
/** Signing secrets, signatures, bearer tokens, and long runs of letters and digits as keys have them. */
const SECRET_LIKE = /whsec_\S+|v1a?,\S+|bearer\s+\S+|[A-Za-z0-9+/_=-]{32,}/gi;

const isGood = (status: number): boolean => status >= 200 && status <= 299;

/** The beginning of an answer, as one line of printable text without what looks like a secret. */
export const snippetOf = (body: Buffer): string | null => {
  const printable = body
    .toString('utf8')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  // Masked before it is cut: half a secret would pass.
  const masked = printable.replace(SECRET_LIKE, MASK).slice(0, SNIPPET_LENGTH);
  return masked === '' ? null : masked;
};

/** Seconds or a date; null when it is neither or lies in the past. */
export const retryAfterMs = (header: string | undefined, now: Date): number | null => {
  if (header === undefined) {
    return null;
  }
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : new Date(header).getTime() - now.getTime();
  return ms > 0 ? ms : null;
};

const failureOf = (error: unknown): GuardReason => {
  if (isAppError(error) && typeof error.details['reason'] === 'string') {
    return error.details['reason'] as GuardReason;
  }
  throw error;
};

const answerOf = ({ status, headers, body }: GuardedResponse, durationMs: number, now: Date): SendAnswer =>
  isGood(status)
    ? { status, error: null, durationMs, retryAfterMs: null, snippet: null }
    : {
        status,
        error: 'STATUS',
        durationMs,
        retryAfterMs: retryAfterMs(headers['retry-after'], now),
        snippet: snippetOf(body),
      };

export const createWebhookSender = (client: GuardedClient, secrets: WebhookSecrets): WebhookSender => ({
  send: async ({ destinationId, url, secrets: sealed, eventId, body, now }) => {
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    const signatures = sealed.map((secret) =>
      signWebhook(secrets.open(destinationId, secret), { id: eventId, timestamp, body }),
    );
    const sentAt = performance.now();
    const durationMs = (): number => Math.round(performance.now() - sentAt);
    try {
      const response = await client.request({
        url,
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents+json; charset=UTF-8',
          'user-agent': 'Daikaifa-Webhooks/1',
          'webhook-id': eventId,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatures.join(' '),
        },
        body,
      });
      return answerOf(response, durationMs(), now);
    } catch (error) {
      return { status: null, error: failureOf(error), durationMs: durationMs(), retryAfterMs: null, snippet: null };
    }
  },
});
