import { pageOfHistory, pageRequest, toConnection } from '@daikaifa/graphql';
import { openRequestOf } from '../../domain/permission-set';
import { confirmedOf, CONFIRMATION_ENTRY, CONSOLE_STEPS, settingsOf } from '../../domain/permission-views';
import type { PermissionSetResolvers } from '../schema.generated';

export const PermissionSet: PermissionSetResolvers = {
  __resolveReference: ({ id }, { sets }) => sets.load(id),
  corpApp: ({ id }) => ({ id }),
  settings: (set) => settingsOf(set),
  confirmed: (set) => {
    const permissions = confirmedOf(set);
    return set.effective && permissions && { readAt: set.effective.readAt, permissions, expiring: set.effective.expiries };
  },
  openRequest: (set) => openRequestOf(set),
  requests: ({ requests }, page) => toConnection(pageOfHistory(requests, pageRequest(page))),
  changes: ({ changes }, { cause, ...page }) => {
    const wanted = typeof cause === 'string' ? changes.filter((change) => change.cause === cause) : changes;
    return toConnection(pageOfHistory(wanted, pageRequest(page)));
  },
  confirmationEntry: () => CONFIRMATION_ENTRY,
  consoleSteps: () => CONSOLE_STEPS,
  erased: ({ erased }) => erased !== null,
};
