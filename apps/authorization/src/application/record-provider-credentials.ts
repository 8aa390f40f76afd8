import {
  acceptedOrThrow,
  authorizeTenant,
  isAppError,
  notFound,
  text,
  type Scope,
  type Viewer,
} from '@daikaifa/kernel';
import type { ProviderCredentials } from '../domain/provider-credentials';
import { checkProviderSecret, recordProviderSecret } from '../domain/provider-credentials.decide';
import type { Dependencies } from './ports';
import { renewWaitingLinks } from './renew-link';

export interface RecordProviderCredentials {
  readonly publisherId: string;
  readonly providerSecret: string;
}

type Deps = Pick<
  Dependencies,
  'providerCredentials' | 'knownPublishers' | 'links' | 'sealing' | 'wakeUps' | 'clock'
>;

const store = async (
  { providerCredentials, clock }: Pick<Deps, 'providerCredentials' | 'clock'>,
  scope: Scope,
  command: Parameters<typeof recordProviderSecret>[1],
): Promise<ProviderCredentials> => {
  const record = (stored: ProviderCredentials | null) => recordProviderSecret(stored, command, clock.now());
  const replace = () =>
    providerCredentials.update(scope, command.publisherId, (stored) => ({ next: record(stored), facts: [] }));
  const replaced = await replace();
  if (replaced !== null) {
    return replaced;
  }
  try {
    return await providerCredentials.create(record(null), []);
  } catch (error) {
    // Two first recordings at once: the second one replaces what the first one stored.
    const later = isAppError(error) && error.code === 'CONFLICT' ? await replace() : null;
    if (later === null) {
      throw error;
    }
    return later;
  }
};

/** What waited for this secret is tried at once. */
export const recordProviderCredentials =
  (deps: Deps) =>
  async (viewer: Viewer, input: RecordProviderCredentials): Promise<ProviderCredentials> => {
    const { publisherId } = input;
    const scope = authorizeTenant(viewer, ['PUBLISHER_ADMIN'], publisherId);
    const providerSecret = acceptedOrThrow(checkProviderSecret(input.providerSecret));
    if ((await deps.knownPublishers.find(publisherId)) === null) {
      throw notFound(text('主体', 'The publisher'), publisherId);
    }
    const sealedSecret = deps.sealing.sealProviderSecret(publisherId, providerSecret);
    const recorded = await store(deps, scope, { publisherId, sealedSecret, recordedBy: viewer.subject });
    await renewWaitingLinks(deps, scope);
    return recorded;
  };
