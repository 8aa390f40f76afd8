import { AppError, platformScope, text } from '@daikaifa/kernel';
import { maySoonBeVerified, precheck, type EndpointSignal } from '../domain/prechecks';
import { applyPrechecks } from '../domain/review-item.decide';
import type { Dependencies } from './ports';

const SCOPE = platformScope('run prechecks');
const SWEEP_LIMIT = 500;

/**
 * Runs all automatic checks of one item and stores the outcome. Safe to repeat.
 * @throws AppError UNAVAILABLE when something that is asked does not answer: the item stays due
 */
export const runPrechecks =
  (deps: Pick<Dependencies, 'items' | 'endpoints' | 'logos' | 'rules' | 'clock'>) =>
  async (itemId: string): Promise<void> => {
    const { items, endpoints, logos, rules, clock } = deps;
    const item = await items.byId(SCOPE, itemId);
    if (item === null || item.state !== 'PRECHECKING') {
      return;
    }
    const { snapshot, subject } = item;
    const logo = snapshot.logo === null ? null : await logos.inspect(snapshot.logo.sha256);
    const endpoint = await endpoints.byTemplate(SCOPE, subject.id);
    const now = clock.now();
    if (maySoonBeVerified(endpoint, item.createdAt, now)) {
      throw new AppError('UNAVAILABLE', text('等待回调地址的验证状态', 'Waits for the state of the callback endpoint'), {
        details: { itemId },
      });
    }
    const prechecks = precheck({ snapshot, rules, endpoint, logo, now });
    await items.update(SCOPE, itemId, (current) => applyPrechecks(current, prechecks, now));
  };

/** Wakes the prechecks of everything that is due: what a crash or an unreachable dependency left behind. */
export const wakePrechecks =
  ({ items, queue, clock }: Pick<Dependencies, 'items' | 'queue' | 'clock'>) =>
  async (): Promise<number> => {
    const due = await items.findPrecheckDue(SCOPE, clock.now(), SWEEP_LIMIT);
    for (const itemId of due) {
      await queue.wake(itemId);
    }
    return due.length;
  };

/** The state of a callback endpoint; an item that waits for it goes on at once. */
export const followEndpoint =
  ({ items, endpoints, queue }: Pick<Dependencies, 'items' | 'endpoints' | 'queue'>) =>
  async (endpoint: EndpointSignal): Promise<void> => {
    await endpoints.record(endpoint);
    const item = await items.findOpenOfSubject(SCOPE, endpoint.templateId);
    if (item?.state === 'PRECHECKING') {
      await queue.wake(item.id);
    }
  };
