import { derivedId, err, ok } from '@daikaifa/kernel';
import { allows, statusOf, type CorpApp, type CorpAppContent } from './corp-app';
import { changed, refuseStage, unchanged, type CorpAppDecision, type Decided } from './decision';
import {
  MAX_DRIFT_ENTRIES,
  type AgentFields,
  type AuthorizationView,
  type DriftEntry,
  type DriftField,
  type Observed,
  type Part,
  type RangeSteps,
  type VisibleRange,
} from './observation';
import { withDomainChange } from './trusted-domain';

interface Move {
  readonly field: DriftField;
  readonly before: string;
  readonly after: string;
  readonly observedAt: Date;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Absent keeps what there was, and so does what was read before it; an equal value keeps the time it was first seen. */
const newest = <Value>(stored: Part<Value> | null, seen: Part<Value> | null): Part<Value> | null => {
  if (seen === null || (stored !== null && (seen.readAt < stored.readAt || same(seen.value, stored.value)))) {
    return stored;
  }
  return seen;
};

/** Whether this platform itself is why the publish status moved. */
const isExpectedStatus = (app: CorpApp, before: number, after: number): boolean => {
  const working = app.workingRevision?.status;
  switch (after) {
    case 1:
      return before === 0 && app.lastNumber > 0;
    case 2:
      return working === 'LAUNCHING' || (app.onlineRevision !== null && (before < 2 || working === undefined));
    case 3:
      return app.onlineRevision !== null && working !== undefined;
    default:
      return false;
  }
};

const statusMoves = (app: CorpApp, seen: Part<number> | null): readonly Move[] => {
  const before = app.observed.publishStatus?.value ?? 0;
  if (seen === null || seen.value === before || isExpectedStatus(app, before, seen.value)) {
    return [];
  }
  const { value, readAt } = seen;
  return [{ field: 'publishStatus', before: String(before), after: String(value), observedAt: readAt }];
};

const AGENT_FIELDS = [
  ['name', 'name'],
  ['homeUrl', 'homePageUrl'],
  ['redirectDomain', 'trustedDomain'],
] as const satisfies readonly (readonly [keyof AgentFields, keyof CorpAppContent & DriftField])[];

const ours = (app: CorpApp, field: keyof CorpAppContent): readonly unknown[] =>
  [app.workingRevision, app.onlineRevision].flatMap((revision) => (revision === null ? [] : [revision.content[field] ?? '']));

/** A field moved outside of the platform when it moved to something that stands in no revision of ours. */
const agentMoves = (app: CorpApp, seen: Part<AgentFields> | null): readonly Move[] => {
  const before = app.observed.agent;
  // The first reading is where everything is compared from.
  if (seen === null || before === null) {
    return [];
  }
  return AGENT_FIELDS.filter(([inWecom]) => seen.value[inWecom] !== before.value[inWecom])
    .filter(([inWecom, field]) => !ours(app, field).includes(seen.value[inWecom]))
    .map(([inWecom, field]) => ({
      field,
      before: before.value[inWecom],
      after: seen.value[inWecom],
      observedAt: seen.readAt,
    }));
};

const isEmpty = ({ users, parties, tags }: VisibleRange): boolean => users + parties + tags === 0;

/** A department in place of members is wider, though it is one entry less. */
const isWider = (range: VisibleRange, than: VisibleRange): boolean =>
  range.users > than.users || range.parties > than.parties || range.tags > than.tags;

/** What the corp's admin has done with the visible range since the launch. */
export const rangeStepsOf = (app: CorpApp): RangeSteps => {
  const { scope } = app.observed;
  const { rangeSteps } = app;
  if (scope === null || isEmpty(scope.value) || statusOf(app) !== 'ONLINE') {
    return rangeSteps;
  }
  if (rangeSteps.first === null) {
    return { first: scope, widerAt: null };
  }
  return rangeSteps.widerAt === null && isWider(scope.value, rangeSteps.first.value)
    ? { ...rangeSteps, widerAt: scope.readAt }
    : rangeSteps;
};

const isPublicChange = (before: CorpApp, after: CorpApp): boolean =>
  before.environment !== after.environment ||
  before.enabled !== after.enabled ||
  before.observed.publishStatus?.value !== after.observed.publishStatus?.value;

const toEntry = (app: CorpApp, move: Move): DriftEntry => ({
  id: derivedId(app.id, move.field, move.after, move.observedAt.toISOString()),
  ...move,
  acknowledgedBy: null,
  acknowledgedAt: null,
});

/** Takes over what the authorization says. Null: nothing of it is new. */
export const observeCorpApp = (app: CorpApp, view: AuthorizationView, now: Date): CorpAppDecision | null => {
  if (!allows(app, 'observe') || view.sequence < app.sourceSequence) {
    return null;
  }
  const observed: Observed = {
    publishStatus: newest(app.observed.publishStatus, view.observed.publishStatus),
    agent: newest(app.observed.agent, view.observed.agent),
    scope: newest(app.observed.scope, view.observed.scope),
  };
  const moves = [...statusMoves(app, observed.publishStatus), ...agentMoves(app, observed.agent)];
  const seen = { ...app, environment: view.environment, enabled: view.enabled, observed };
  const next: CorpApp = { ...seen, rangeSteps: rangeStepsOf(seen) };
  if (same(next, app)) {
    return null;
  }
  const drift = [...app.drift, ...moves.map((move) => toEntry(app, move))].slice(-MAX_DRIFT_ENTRIES);
  const domain = moves.find(({ field, after }) => field === 'trustedDomain' && after !== '');
  const domainRecord = domain === undefined ? app.domainRecord : withDomainChange(app.domainRecord, domain.after, now);
  const changes = { ...next, sourceSequence: view.sequence, drift, domainRecord };
  if (moves.length > 0) {
    return changed(app, changes, now, 'corp-app.drifted');
  }
  return isPublicChange(app, next) ? changed(app, changes, now, 'corp-app.observed') : changed(app, changes, now);
};

/** A launch that was asked for here explains a publish status that was seen before we heard of it. */
export const withoutExplained = (drift: readonly DriftEntry[], launchRequestedAt: Date | null): readonly DriftEntry[] =>
  launchRequestedAt === null
    ? drift
    : drift.filter(
        ({ field, after, observedAt, acknowledgedAt }) =>
          field !== 'publishStatus' || after !== '2' || acknowledgedAt !== null || observedAt < launchRequestedAt,
      );

/** Somebody has seen it; it stays in the record. */
export const acknowledgeDrift = (
  app: CorpApp,
  command: { readonly driftIds: readonly string[]; readonly acknowledgedBy: string },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'annotate');
  if (refused !== null) {
    return err(refused);
  }
  const isMeant = ({ id, acknowledgedAt }: DriftEntry): boolean => acknowledgedAt === null && command.driftIds.includes(id);
  if (!app.drift.some(isMeant)) {
    return ok(unchanged(app));
  }
  const drift = app.drift.map((entry) =>
    isMeant(entry) ? { ...entry, acknowledgedBy: command.acknowledgedBy, acknowledgedAt: now } : entry,
  );
  return ok(changed(app, { drift }, now));
};
