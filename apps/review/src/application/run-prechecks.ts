import { AppError, platformScope, text } from '@daikaifa/kernel';
import type { PermissionSignal } from '../domain/corp-app-prechecks';
import { endpointSubjectOf, maySoonBeVerified, precheck, type EndpointSignal } from '../domain/prechecks';
import { applyPrechecks } from '../domain/review-item.decide';
import type { Dependencies } from './ports';

const SCOPE = platformScope('run prechecks');
const SWEEP_LIMIT = 500;

/**
 * Runs all automatic checks of one item and stores the outcome. Safe to repeat.
 * @throws AppError UNAVAILABLE when something that is asked does not answer: the item stays due
 */
export const runPrechecks =
  (deps: Pick<Dependencies, 'items' | 'endpoints' | 'permissions' | 'logos' | 'rules' | 'clock'>) =>
  async (itemId: string): Promise<void> => {
    const { items, endpoints, permissions, logos, rules, clock } = deps;
    const item = await items.byId(SCOPE, itemId);
    if (item === null || item.state !== 'PRECHECKING') {
      return;
    }
    const { snapshot, subject } = item;
    const { kind, corpApp } = subject;
    const logo = snapshot.logo === null ? null : await logos.inspect(kind, snapshot.logo.sha256);
    const endpoint = await endpoints.bySubject(SCOPE, endpointSubjectOf(item));
    const now = clock.now();
    if (maySoonBeVerified(endpoint, item.createdAt, now)) {
      throw new AppError('UNAVAILABLE', text('等待回调地址的验证状态', 'Waits for the state of the callback endpoint'), {
        details: { itemId },
      });
    }
    const ofApp = corpApp && {
      environment: corpApp.environment,
      permissions: await permissions.byCorpApp(SCOPE, subject.id),
    };
    const prechecks = precheck({ snapshot, rules: rules[kind], endpoint, logo, corpApp: ofApp, now });
    await items.update(SCOPE, itemId, (current) => applyPrechecks(current, prechecks, now));
  };

/** Wakes the prechecks of everything that is due: what a crash or an unreachable dependency left behind. */
export const wakePrechecks =
  ({ items, queue, clock }: Pick<Dependencies, 'items' | 'queue' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await items.findPrecheckDue(SCOPE, clock.now(), SWEEP_LIMIT);
    for (const itemId of due) {
      await queue.wakePrecheck(itemId);
    }
    return due.length;
  };

/** The state of a callback endpoint; items that wait for it go on at once. */
export const followEndpoint =
  ({ items, endpoints, queue }: Pick<Dependencies, 'items' | 'endpoints' | 'queue'>) =>
  async (endpoint: EndpointSignal): Promise<void> => {
    await endpoints.record(endpoint);
    for (const itemId of await items.findPrecheckingAt(SCOPE, endpoint.subjectId, SWEEP_LIMIT)) {
      await queue.wakePrecheck(itemId);
    }
  };

/** Whether a corp has confirmed the permissions of its app; a warning of the prechecks. */
export const followPermissions =
  ({ permissions }: Pick<Dependencies, 'permissions'>) =>
  (signal: PermissionSignal): Promise<void> =>
    permissions.record(signal);
