import {
  acceptedOrThrow,
  AppError,
  authorize,
  conflict,
  inputRejection,
  isAppError,
  text,
  type Rejection,
  type Scope,
  type Viewer,
  type Violation,
} from '@daikaifa/kernel';
import { BATCH_LIMITS, createBatch, type SubmissionBatch } from '../domain/batch';
import { endpointSubjectOf, type CorpApp } from '../domain/corp-app';
import { reserveForSubmission, type Reservation, type SubmissionContext } from '../domain/submit.decide';
import { changesInMonth } from '../domain/trusted-domain';
import { EDITORS, type CorpAppChange } from './change-corp-app';
import { abandonBatch, commitBatch, submitBatch } from './finish-batch';
import type { Dependencies } from './ports';

export interface SubmitCorpApps {
  readonly idempotencyKey: string;
  readonly templateId: string;
  readonly apps: readonly CorpAppChange[];
}

export interface Submitted {
  readonly batchId: string;
  readonly corpApps: readonly CorpApp[];
  readonly warnings: readonly Violation[];
}

type ForSubmission = Pick<
  Dependencies,
  'corpApps' | 'batches' | 'endpoints' | 'rules' | 'limits' | 'clock' | 'newId' | 'fingerprint'
>;

interface Held extends Reservation {
  readonly app: CorpApp;
}

const fault = (field: string, code: string, zh: string, en: string): Violation => ({
  field,
  code,
  severity: 'ERROR',
  text: text(zh, en),
});

/** What of the list itself is wrong, before any app is looked at. */
const listFaults = ({ apps }: SubmitCorpApps): readonly Violation[] => {
  const ids = apps.map(({ corpAppId }) => corpAppId);
  const repeated = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  const { min, max } = BATCH_LIMITS;
  const isRightSize = apps.length >= min && apps.length <= max;
  return [
    ...(isRightSize
      ? []
      : [
          {
            ...fault('apps', 'BATCH_SIZE', `每次提交 ${min}–${max} 个应用`, `One submission names ${min} to ${max} apps`),
            limit: `${min}–${max}`,
            given: String(apps.length),
          },
        ]),
    ...repeated.map((id) => fault(id, 'CORP_APP_REPEATED', '应用重复', 'This app is named twice')),
  ];
};

const within = (id: string, violation: Violation): Violation => ({
  ...violation,
  field: violation.field === '' ? id : `${id}.${violation.field}`,
});

/** Every fault of one app; what is refused as a whole stands at the app itself. */
const faultsOf = (id: string, { text: message, violations }: Rejection): readonly Violation[] =>
  violations === undefined
    ? [{ field: id, code: 'NOT_SUBMITTABLE', severity: 'ERROR', text: message }]
    : violations.map((violation) => within(id, violation));

/** What the decisions of all apps need, in three queries. */
const contextsOf = async (deps: ForSubmission, scope: Scope, templateId: string, apps: readonly CorpApp[]) => {
  const now = deps.clock.now();
  const [endpoints, selfTested, changes] = await Promise.all([
    deps.endpoints.bySubjects(scope, [...new Set(apps.map(endpointSubjectOf))]),
    deps.corpApps.isOnlineInTest(scope, templateId),
    deps.corpApps.domainChangesOf(scope, [...new Set(apps.map(({ corpId }) => corpId))]),
  ]);
  return (app: CorpApp): SubmissionContext => ({
    rules: deps.rules,
    endpoint: endpoints.get(endpointSubjectOf(app)) ?? null,
    selfTested,
    domainChanges: changesInMonth(changes.get(app.corpId) ?? [], now),
    domainChangeLimit: deps.limits.trustedDomainChangesPerMonth,
  });
};

const refuseOldVersions = (input: SubmitCorpApps, apps: ReadonlyMap<string, CorpApp>): void => {
  const old = input.apps.filter(({ corpAppId, expectedVersion }) => {
    const app = apps.get(corpAppId);
    return app !== undefined && app.version !== expectedVersion;
  });
  if (old.length > 0) {
    throw conflict(
      text('部分应用已被他人修改，请刷新后重试', 'Some of the apps were changed in the meantime; load them again'),
      { ids: old.map(({ corpAppId }) => corpAppId) },
    );
  }
};

/** Everything is checked before anything is held: every fault of every app is in the error. */
const checkAll = async (
  deps: ForSubmission,
  { scope, input, batchId, submittedBy }: { scope: Scope; input: SubmitCorpApps; batchId: string; submittedBy: string },
  apps: ReadonlyMap<string, CorpApp>,
): Promise<readonly Held[]> => {
  const contextOf = await contextsOf(deps, scope, input.templateId, [...apps.values()]);
  const faults: Violation[] = [];
  const held: Held[] = [];
  for (const { corpAppId } of input.apps) {
    const app = apps.get(corpAppId);
    if (app === undefined) {
      faults.push(fault(corpAppId, 'CORP_APP_UNKNOWN', '找不到该应用', 'This app does not exist'));
    } else if (app.templateId !== input.templateId) {
      faults.push(fault(corpAppId, 'OTHER_TEMPLATE', '该应用属于其他模版', 'This app is of another template'));
    } else {
      const command = { submissionId: deps.newId(), batchId, submittedBy };
      const reserved = reserveForSubmission(app, command, contextOf(app), deps.clock.now());
      if (reserved.ok) {
        held.push({ app, ...reserved.value });
      } else {
        faults.push(...faultsOf(corpAppId, reserved.error));
      }
    }
  }
  if (faults.length > 0) {
    acceptedOrThrow({ ok: false, error: inputRejection(faults) });
  }
  return held;
};

/** Names the app that was changed while the others were being held. */
const naming = (id: string, error: unknown): unknown =>
  isAppError(error) && error.code === 'CONFLICT'
    ? new AppError('CONFLICT', text('应用在提交时被他人修改，整批未提交', 'An app was changed meanwhile; nothing was submitted'), {
        cause: error,
        details: { ids: [id] },
      })
    : error;

const hold = async (deps: ForSubmission, batch: SubmissionBatch, held: readonly Held[]): Promise<SubmissionBatch> => {
  try {
    for (const { app, decision } of held) {
      await deps.corpApps.save(decision.next, app.version, decision.facts).catch((error: unknown) => {
        throw naming(app.id, error);
      });
    }
    return await commitBatch(deps, batch);
  } catch (error) {
    // What cannot be released now, because the database is away, is released by the sweep.
    await Promise.allSettled([abandonBatch(deps, batch)]);
    throw error;
  }
};

const answerOf = async (deps: ForSubmission, scope: Scope, batch: SubmissionBatch): Promise<Submitted> => {
  const apps = await deps.corpApps.byIds(scope, batch.corpAppIds);
  return {
    batchId: batch.id,
    corpApps: batch.corpAppIds.flatMap((id) => apps.get(id) ?? []),
    warnings: batch.warnings,
  };
};

/** A repeated call: what was committed is finished, what was given up is said to be. */
const answerRepeated = async (deps: ForSubmission, scope: Scope, batch: SubmissionBatch): Promise<Submitted> => {
  if (batch.state !== 'COMMITTED' && batch.state !== 'DONE') {
    throw conflict(
      batch.state === 'RESERVING'
        ? text('该批次正在提交', 'This batch is being submitted at the moment')
        : text('该批次未能提交，请换用新的幂等键', 'This batch was given up; use another idempotency key'),
      { batchId: batch.id, state: batch.state },
    );
  }
  if (batch.state === 'COMMITTED') {
    await submitBatch(deps, batch);
  }
  return answerOf(deps, scope, batch);
};

/**
 * Submits 1–100 apps of one template, all or none: check all → hold each → commit (one write) → submit each. The
 * review service makes one ticket of those that carry the same batch id.
 */
export const submitCorpApps =
  (deps: ForSubmission) =>
  async (viewer: Viewer, input: SubmitCorpApps): Promise<Submitted> => {
    const scope = authorize(viewer, EDITORS);
    const faults = listFaults(input);
    if (faults.length > 0) {
      acceptedOrThrow({ ok: false, error: inputRejection(faults) });
    }
    const corpAppIds = input.apps.map(({ corpAppId }) => corpAppId);
    const apps = await deps.corpApps.byIds(scope, corpAppIds);
    const publisherId = [...apps.values()][0]?.publisherId;
    const idempotency = { key: input.idempotencyKey, fingerprint: deps.fingerprint(input) };
    const earlier = publisherId === undefined ? null : await deps.batches.findCreated(publisherId, idempotency);
    if (earlier !== null) {
      return answerRepeated(deps, scope, earlier);
    }
    refuseOldVersions(input, apps);
    const batchId = deps.newId();
    const submittedBy = viewer.subject;
    const held = await checkAll(deps, { scope, input, batchId, submittedBy }, apps);
    const warnings = held.flatMap(({ app, warnings: found }) => found.map((warning) => within(app.id, warning)));
    const { templateId } = input;
    const draft = createBatch(
      { id: batchId, publisherId: publisherId ?? '', templateId, corpAppIds, submittedBy, warnings },
      deps.clock.now(),
    );
    const { batch, created } = await deps.batches.create(draft, idempotency);
    if (!created) {
      return answerRepeated(deps, scope, batch);
    }
    const committed = await hold(deps, batch, held);
    await submitBatch(deps, committed);
    return answerOf(deps, scope, committed);
  };
