import { tenantScope } from '@daikaifa/kernel';
import type { AuthorizationLink } from '../domain/authorization-link';
import type { Dependencies } from './ports';

export interface CountedInstall {
  readonly publisherId: string;
  readonly exchangeId: string;
  /** `State` of the event; null or unknown when another link was scanned than one of ours. */
  readonly stateParameter: string | null;
}

/**
 * Counts an installation at the link that was scanned. Safe to repeat: each exchange counts once.
 * @returns that link
 */
export const countInstall =
  ({ links, installs, clock }: Pick<Dependencies, 'links' | 'installs' | 'clock'>) =>
  async ({ publisherId, exchangeId, stateParameter }: CountedInstall): Promise<AuthorizationLink | null> => {
    const link =
      stateParameter === null ? null : await links.byStateParameter(tenantScope(publisherId), stateParameter);
    if (link !== null) {
      await installs.record({ exchangeId, linkId: link.id, at: clock.now() });
    }
    return link;
  };
