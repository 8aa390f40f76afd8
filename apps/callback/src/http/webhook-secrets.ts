import { createHmac, randomBytes } from 'node:crypto';
import type { KeyRing } from '@daikaifa/security';
import type { SecretVault } from '../application/delivery-ports';
import type { SealedSecret } from '../domain/destination';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** Bound to its destination: a sealed secret that is moved elsewhere does not open. */
const aadOf = (destinationId: string, secretId: string): string => `destination:${destinationId}:${secretId}`;

/** Standard Webhooks: HMAC-SHA256 over id, time and body, with the bytes that stand behind the prefix. */
export const signWebhook = (secret: string, parts: { id: string; timestamp: string; body: string }): string => {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const mac = createHmac('sha256', key).update(`${parts.id}.${parts.timestamp}.${parts.body}`);
  return `v1,${mac.digest('base64')}`;
};

export interface WebhookSecrets extends SecretVault {
  open(destinationId: string, secret: SealedSecret): string;
}

/** Nothing else sees a signing secret. */
export const createWebhookSecrets = (keyRing: KeyRing): WebhookSecrets => ({
  issue: (destinationId, secretId, now) => {
    const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
    return {
      secret,
      sealed: { id: secretId, sealed: keyRing.seal(secret, aadOf(destinationId, secretId)), issuedAt: now },
    };
  },
  open: (destinationId, { id, sealed }) => keyRing.open(sealed, aadOf(destinationId, id)),
});
