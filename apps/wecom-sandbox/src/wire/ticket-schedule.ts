import type { Sandbox } from '../sandbox';
import { generate } from '../store/generate';
import type { Push, Template } from '../store/types';
import { eventXml } from './xml';

const LOOK_EVERY_MS = 250;

/** Issues a suite_ticket and pushes it, as the schedule and 手动刷新ticket推送 do. */
export const pushTicket = (sandbox: Sandbox, template: Template): Push => {
  const { store } = sandbox;
  const push = store.transaction(() => {
    const nowMs = sandbox.nowMs();
    const ticket = sandbox.keepSecret('suite_ticket', template.id, generate.ticket());
    store.tickets.put({ id: ticket, suiteId: template.id, expiresAt: nowMs + sandbox.limits().suiteTicketLifeMs });
    store.templates.put({ ...template, lastTicketAt: nowMs });
    const xml = eventXml.suiteTicket({ suiteId: template.id, atSec: Math.floor(nowMs / 1000), ticket });
    return sandbox.pusher.record({ suiteId: template.id, infoType: 'suite_ticket', xml });
  });
  sandbox.pusher.start(push);
  return push;
};

/** Follows the sandbox clock, so that a clock moved forward brings tickets. @returns how to end it */
export const startTicketSchedule = (sandbox: Sandbox): (() => void) => {
  const timer = setInterval(() => {
    const dueBefore = sandbox.nowMs() - sandbox.limits().suiteTicketIntervalMs;
    for (const template of sandbox.store.templates.all()) {
      if (template.lastTicketAt <= dueBefore) {
        pushTicket(sandbox, template);
      }
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};
