import { platformScope } from '@daikaifa/kernel';
import type { Dependencies } from './ports';

export interface CountedInstall {
  readonly exchangeId: string;
  /** `State` of the event; null or unknown when another link was scanned than one of ours. */
  readonly stateParameter: string | null;
}

/** Counts an installation at the link that was scanned. Safe to repeat: each exchange counts once. */
export const countInstall =
  ({ links, installs, clock }: Pick<Dependencies, 'links' | 'installs' | 'clock'>) =>
  async ({ exchangeId, stateParameter }: CountedInstall): Promise<void> => {
    const link =
      stateParameter === null
        ? null
        : await links.byStateParameter(platformScope('count an installation'), stateParameter);
    if (link !== null) {
      await installs.record({ exchangeId, linkId: link.id, at: clock.now() });
    }
  };
