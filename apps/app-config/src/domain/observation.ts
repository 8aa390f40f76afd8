/** One part of what a re-read of WeCom saw, with the time at which that value was first seen. */
export interface Part<Value> {
  readonly readAt: Date;
  readonly value: Value;
}

/** Fields of the app in WeCom that also stand in our content. */
export interface AgentFields {
  readonly name: string;
  readonly homeUrl: string;
  readonly redirectDomain: string;
}

/** Counts only; who the members are stays with the authorization service. */
export interface VisibleRange {
  readonly users: number;
  readonly parties: number;
  readonly tags: number;
  readonly hash: string;
}

/** A part that could not be read keeps its previous value; null: never read. */
export interface Observed {
  readonly publishStatus: Part<number> | null;
  readonly agent: Part<AgentFields> | null;
  readonly scope: Part<VisibleRange> | null;
}

export const NOT_OBSERVED: Observed = { publishStatus: null, agent: null, scope: null };

/** One state of the authorization, as far as it is about the app of one epoch. */
export interface AuthorizationView {
  readonly sequence: number;
  readonly environment: 'FORMAL' | 'TEST';
  readonly enabled: boolean;
  readonly observed: Observed;
}

export const DRIFT_FIELDS = ['publishStatus', 'name', 'homePageUrl', 'trustedDomain'] as const;
export type DriftField = (typeof DRIFT_FIELDS)[number];

/** Something that was changed in WeCom's console and not through this platform. */
export interface DriftEntry {
  readonly id: string;
  readonly field: DriftField;
  readonly before: string;
  readonly after: string;
  readonly observedAt: Date;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
}

/** Bounds the stored document; the oldest go first. */
export const MAX_DRIFT_ENTRIES = 50;

/** How the corp opened the app to its members after the launch. */
export interface RangeSteps {
  readonly first: Part<VisibleRange> | null;
  readonly widerAt: Date | null;
}

export const NO_RANGE_STEPS: RangeSteps = { first: null, widerAt: null };
