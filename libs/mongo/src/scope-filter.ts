import type { Scope } from '@daikaifa/kernel';
import type { Logger } from '@daikaifa/observability';

export type ScopeFilter = { readonly tenant?: string | { readonly $in: readonly string[] } };

/**
 * The condition that keeps a query inside its scope. A query across tenants leaves an audit line with its reason.
 * No tenants: nothing is seen.
 */
export const scopeFilter = (
  scope: Scope,
  audit: { readonly logger: Logger; readonly collection: string; readonly operation: string },
): ScopeFilter => {
  if (scope.kind === 'platform') {
    audit.logger.info(
      { 'audit.reason': scope.reason, 'audit.collection': audit.collection, 'audit.operation': audit.operation },
      'access across tenants',
    );
    return {};
  }
  const [only] = scope.publisherIds;
  return { tenant: scope.publisherIds.length === 1 && only !== undefined ? only : { $in: scope.publisherIds } };
};
