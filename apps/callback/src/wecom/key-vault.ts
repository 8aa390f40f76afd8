import type { KeyRing } from '@daikaifa/security';
import {
  createEndpointCrypto,
  endpointKeyViolations,
  generateEncodingAesKey,
  generateToken,
  type EndpointCrypto,
} from '@daikaifa/wecom-protocol';
import type { KeyVault, OpenKeys } from '../application/ports';
import type { SealedKeyPair } from '../domain/endpoint';

const MAX_CIPHERS = 20_000;

/** Each part is bound to its endpoint and pair: a sealed value that is moved elsewhere does not open. */
const aadOf = (endpointId: string, pairId: string, part: 'token' | 'encodingAesKey'): string =>
  `${endpointId}:${pairId}:${part}`;

export const createKeyVault = (keyRing: KeyRing): KeyVault => {
  /** By pair id; a pair never changes. */
  const ciphers = new Map<string, EndpointCrypto>();

  const seal: KeyVault['seal'] = (endpointId, { id, keys }, now) => ({
    id,
    token: keyRing.seal(keys.token, aadOf(endpointId, id, 'token')),
    encodingAesKey: keyRing.seal(keys.encodingAesKey, aadOf(endpointId, id, 'encodingAesKey')),
    issuedAt: now,
  });

  const open = (endpointId: string, pair: SealedKeyPair): OpenKeys => ({
    token: keyRing.open(pair.token, aadOf(endpointId, pair.id, 'token')),
    encodingAesKey: keyRing.open(pair.encodingAesKey, aadOf(endpointId, pair.id, 'encodingAesKey')),
  });

  return {
    issue: (endpointId, pairId, now) => {
      const keys = { token: generateToken(), encodingAesKey: generateEncodingAesKey() };
      return { ...keys, pair: seal(endpointId, { id: pairId, keys }, now) };
    },
    seal,
    violations: endpointKeyViolations,
    holds: (endpointId, pair, keys) => {
      const { token, encodingAesKey } = open(endpointId, pair);
      return token === keys.token && encodingAesKey === keys.encodingAesKey;
    },
    cipher: (endpointId, pair) => {
      const known = ciphers.get(pair.id);
      if (known !== undefined) {
        return known;
      }
      const cipher = createEndpointCrypto(open(endpointId, pair));
      const [oldest] = ciphers.keys();
      if (ciphers.size >= MAX_CIPHERS && oldest !== undefined) {
        ciphers.delete(oldest);
      }
      ciphers.set(pair.id, cipher);
      return cipher;
    },
  };
};
