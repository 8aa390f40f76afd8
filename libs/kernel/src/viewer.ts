import { AppError } from './app-error';

/** Roles of the JWT (docs/architecture.md). Membership lives in the identity provider. */
export const ROLES = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'BACKEND', 'VIEWER', 'OPERATOR'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls. Verified once at the gateway (or at a plain HTTP door) and carried as a signed identity. */
export interface Viewer {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** The tenants of the claim `publisher_id`. */
  readonly publisherIds: readonly string[];
}

/** What a query may see. Every repository call names one. */
export type Scope =
  | { readonly kind: 'tenants'; readonly publisherIds: readonly string[] }
  /** Across tenants: consumers, jobs, operators. The reason is written to the audit log. */
  | { readonly kind: 'platform'; readonly reason: string };

export const platformScope = (reason: string): Scope => ({ kind: 'platform', reason });

export const tenantScope = (...publisherIds: readonly string[]): Scope => ({ kind: 'tenants', publisherIds });

const forbidden = (needed: readonly Role[]): AppError =>
  new AppError(
    'FORBIDDEN',
    { zh: `此操作需要角色：${needed.join('、')}`, en: `This needs one of the roles ${needed.join(', ')}` },
    { details: { needed } },
  );

/**
 * The first call of every use case.
 * @returns the tenants that the viewer may touch with one of these roles
 * @throws AppError FORBIDDEN when the viewer has none of the roles
 */
export const authorize = (viewer: Viewer, needed: readonly Role[]): Scope => {
  const held = viewer.roles.filter((role) => needed.includes(role));
  if (held.length === 0) {
    throw forbidden(needed);
  }
  return held.includes('OPERATOR')
    ? platformScope(`operator ${viewer.subject}`)
    : tenantScope(...viewer.publisherIds);
};

/**
 * As `authorize`, for a use case that names its tenant.
 * Another tenant is FORBIDDEN, whatever the role; an operator reaches every tenant only where OPERATOR is asked for.
 */
export const authorizeTenant = (viewer: Viewer, needed: readonly Role[], publisherId: string): Scope => {
  const scope = authorize(viewer, needed);
  if (scope.kind === 'tenants' && !scope.publisherIds.includes(publisherId)) {
    throw new AppError(
      'FORBIDDEN',
      { zh: '无权访问该主体', en: 'This publisher is not among those of your token' },
      { details: { publisherId } },
    );
  }
  return scope;
};

/** Roles that may read what belongs to a tenant. */
export const READERS: readonly Role[] = ['PUBLISHER_ADMIN', 'PUBLISHER_DEVELOPER', 'REVIEWER', 'VIEWER', 'OPERATOR'];
