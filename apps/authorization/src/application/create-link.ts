import {
  AppError,
  authorizeTenant,
  badUserInput,
  isAppError,
  text,
  type Role,
  type Viewer,
} from '@daikaifa/kernel';
import type { AuthorizationLink, LinkKind } from '../domain/authorization-link';
import { createLink as decide } from '../domain/authorization-link.decide';
import { linkViolations, MOST_TEMPLATES } from '../domain/authorization-link.rules';
import type { KnownTemplate } from '../domain/known';
import type { Dependencies } from './ports';

const LINKERS: readonly Role[] = ['PUBLISHER_ADMIN'];

type Deps = Pick<Dependencies, 'links' | 'knownTemplates' | 'wakeUps' | 'clock' | 'newId' | 'newState' | 'fingerprint'>;

export interface CreateBatchLink {
  readonly publisherId: string;
  readonly templateIds: readonly string[];
  readonly renews: boolean;
  readonly idempotencyKey: string;
}

export interface CreateParametrisedLink extends CreateBatchLink {
  readonly state: string;
}

const knownOf = async (
  { knownTemplates }: Pick<Deps, 'knownTemplates'>,
  templateIds: readonly string[],
): Promise<ReadonlyMap<string, KnownTemplate>> => {
  const found = await Promise.all(templateIds.slice(0, MOST_TEMPLATES).map((id) => knownTemplates.find(id)));
  return new Map(found.flatMap((template) => (template === null ? [] : [[template.id, template]])));
};

/** The unique index knows only that something is taken; a person needs to know what. */
const explained = (error: unknown, state: string): unknown => {
  const fields = isAppError(error) && error.code === 'CONFLICT' ? error.details['fields'] : undefined;
  return Array.isArray(fields) && fields.includes('stateParameter')
    ? new AppError('CONFLICT', text('该 state 已用于其他链接', 'This state is used by another link'), {
        cause: error,
        details: { state },
      })
    : error;
};

const create = async (
  deps: Deps,
  call: { readonly viewer: Viewer; readonly kind: LinkKind; readonly state: string | null; readonly input: CreateBatchLink },
): Promise<AuthorizationLink> => {
  const { viewer, kind, state, input } = call;
  const { publisherId, templateIds, renews, idempotencyKey } = input;
  authorizeTenant(viewer, LINKERS, publisherId);
  const violations = linkViolations({ kind, publisherId, templateIds, state }, await knownOf(deps, templateIds));
  if (violations.length > 0) {
    throw badUserInput(violations);
  }
  const stateParameter = state ?? deps.newState();
  const link = decide({ id: deps.newId(), publisherId, kind, templateIds, stateParameter, renews }, deps.clock.now());
  const idempotency = { key: idempotencyKey, fingerprint: deps.fingerprint({ kind, state, templateIds, renews }) };
  const stored = await deps.links.create(link, [], idempotency).catch((error: unknown) => {
    throw explained(error, stateParameter);
  });
  await deps.wakeUps.linkRenewal(stored.id);
  return stored;
};

/** One QR code for 2–9 online templates (批量授权). */
export const createBatchLink =
  (deps: Deps) =>
  (viewer: Viewer, input: CreateBatchLink): Promise<AuthorizationLink> =>
    create(deps, { viewer, kind: 'BATCH_QR', state: null, input });

/** A link with a state of the provider's own (带参授权链接), which comes back with each installation. */
export const createParametrisedLink =
  (deps: Deps) =>
  (viewer: Viewer, { state, ...input }: CreateParametrisedLink): Promise<AuthorizationLink> =>
    create(deps, { viewer, kind: 'PARAMETRISED', state, input });
