import { generate } from './generate';
import type { Store } from './store';
import type { EncryptedId } from './types';

const encrypt = (store: Store, wanted: Omit<EncryptedId, 'id' | 'key'>): string => {
  const key = [wanted.providerId, wanted.kind, wanted.corpId, wanted.plain].join('|');
  const known = store.encryptedIds.first({ key });
  if (known !== undefined) {
    return known.id;
  }
  const id = wanted.kind === 'corp' ? generate.encryptedCorpId() : generate.openUserId();
  return store.encryptedIds.put({ ...wanted, id, key }).id;
};

/** 密文 corpid: one per (provider, corp), made at first use, case-sensitive. */
export const encryptedCorpId = (store: Store, providerId: string, corpId: string): string =>
  encrypt(store, { providerId, kind: 'corp', corpId, plain: corpId });

/** open_userid: one per (provider, corp, member). */
export const openUserId = (store: Store, providerId: string, corpId: string, userId: string): string =>
  encrypt(store, { providerId, kind: 'user', corpId, plain: userId });

/** @returns the plaintext corpid behind an encrypted one of this provider */
export const plainCorpId = (store: Store, providerId: string, encrypted: string): string | undefined => {
  const known = store.encryptedIds.get(encrypted);
  return known?.kind === 'corp' && known.providerId === providerId ? known.plain : undefined;
};
