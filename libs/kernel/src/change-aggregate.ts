import type { Aggregate, Decision } from './aggregate';
import { conflict, notFound } from './app-error';
import { acceptedOrThrow, type Rejection } from './rejection';
import type { Result } from './result';
import type { LocalizedText } from './text';
import { authorize, type Role, type Scope, type Viewer } from './viewer';

/** What a person's change of an aggregate names, besides what it changes. */
export interface ChangeCall {
  readonly viewer: Viewer;
  readonly roles: readonly Role[];
  /** What the aggregate is called in errors. */
  readonly what: LocalizedText;
  readonly id: string;
  /** The version that the caller has seen; an older one is CONFLICT at once. */
  readonly expectedVersion: number;
}

interface Changeable<A> {
  byId(scope: Scope, id: string): Promise<A | null>;
  save(next: A, expectedVersion: number, facts: Decision<A>['facts']): Promise<A>;
}

/**
 * The one way in which a person changes an aggregate: authorise → load → check the version → decide → save.
 * A decision that leaves the aggregate as it is writes nothing.
 * @throws AppError FORBIDDEN, NOT_FOUND (also for another tenant's), CONFLICT, and what the decision refuses
 */
export const changeAggregate = async <A extends Aggregate>(
  store: Changeable<A>,
  { viewer, roles, what, id, expectedVersion }: ChangeCall,
  decide: (current: A, scope: Scope) => Result<Decision<A>, Rejection> | Promise<Result<Decision<A>, Rejection>>,
): Promise<A> => {
  const scope = authorize(viewer, roles);
  const current = await store.byId(scope, id);
  if (current === null) {
    throw notFound(what, id);
  }
  if (current.version !== expectedVersion) {
    throw conflict(
      {
        zh: `${what.zh}已被他人修改，请刷新后重试`,
        en: `${what.en} was changed in the meantime; load it again`,
      },
      { id, expectedVersion, currentVersion: current.version },
    );
  }
  const { next, facts } = acceptedOrThrow(await decide(current, scope));
  return next === current ? current : store.save(next, expectedVersion, facts);
};
