import { isAppError } from '@daikaifa/kernel';
import type { GuardedClient } from '@daikaifa/security';
import type { OwnershipFiles } from '../application/ports';
import type { FetchedFile } from '../domain/trusted-domain';

const missing = (reason: string): FetchedFile => ({ kind: 'MISSING', reason });

const lookAt = async (client: GuardedClient, url: string): Promise<FetchedFile> => {
  try {
    const { status, body } = await client.request({ url, method: 'GET' });
    return status === 200 ? { kind: 'FOUND', content: body.toString('utf8') } : missing(`STATUS_${status}`);
  } catch (error) {
    // Whatever the domain does is a finding about the domain; only a fault of ours is one.
    if (!isAppError(error) || typeof error.details['reason'] !== 'string') {
      throw error;
    }
    return missing(error.details['reason']);
  }
};

/** The port `OwnershipFiles`: https first, then http, as WeCom takes both (document 96215). */
export const createOwnershipFiles = (client: GuardedClient): OwnershipFiles => ({
  fetch: async (domain, fileName) => {
    const secure = await lookAt(client, `https://${domain}/${fileName}`);
    if (secure.kind === 'FOUND') {
      return secure;
    }
    const plain = await lookAt(client, `http://${domain}/${fileName}`);
    return plain.kind === 'FOUND' ? plain : secure;
  },
});
