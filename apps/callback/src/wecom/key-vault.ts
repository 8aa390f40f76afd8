import type { KeyRing } from '@daikaifa/security';
import {
  createEndpointCrypto,
  generateEncodingAesKey,
  generateToken,
  type EndpointCrypto,
} from '@daikaifa/wecom-protocol';
import type { KeyVault } from '../application/ports';

const MAX_CIPHERS = 20_000;

/** Each part is bound to its endpoint and pair: a sealed value that is moved elsewhere does not open. */
const aadOf = (endpointId: string, pairId: string, part: 'token' | 'encodingAesKey'): string =>
  `${endpointId}:${pairId}:${part}`;

export const createKeyVault = (keyRing: KeyRing): KeyVault => {
  /** By pair id; a pair never changes. */
  const ciphers = new Map<string, EndpointCrypto>();
  return {
    issue: (endpointId, pairId, now) => {
      const token = generateToken();
      const encodingAesKey = generateEncodingAesKey();
      return {
        token,
        encodingAesKey,
        pair: {
          id: pairId,
          token: keyRing.seal(token, aadOf(endpointId, pairId, 'token')),
          encodingAesKey: keyRing.seal(encodingAesKey, aadOf(endpointId, pairId, 'encodingAesKey')),
          issuedAt: now,
        },
      };
    },
    cipher: (endpointId, pair) => {
      const known = ciphers.get(pair.id);
      if (known !== undefined) {
        return known;
      }
      const cipher = createEndpointCrypto({
        token: keyRing.open(pair.token, aadOf(endpointId, pair.id, 'token')),
        encodingAesKey: keyRing.open(pair.encodingAesKey, aadOf(endpointId, pair.id, 'encodingAesKey')),
      });
      const [oldest] = ciphers.keys();
      if (ciphers.size >= MAX_CIPHERS && oldest !== undefined) {
        ciphers.delete(oldest);
      }
      ciphers.set(pair.id, cipher);
      return cipher;
    },
  };
};
