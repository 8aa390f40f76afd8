import type { JobHandlers } from '@daikaifa/jobs';
import type { Logger } from '@daikaifa/observability';
import type { UseCases } from '../application/use-cases';
import type { jobCatalog } from './catalog';

type CredentialJob = 'suite-ticket-watch' | 'link-renewal' | 'link-sweep';

interface Parts {
  readonly useCases: Pick<UseCases, 'renewLink' | 'renewDueLinks' | 'watchSuiteTickets'>;
  readonly logger: Logger;
}

/** Jobs of credentials and links. */
export const credentialHandlers = ({
  useCases,
  logger,
}: Parts): Pick<JobHandlers<typeof jobCatalog>, CredentialJob> => ({
  'suite-ticket-watch': async () => {
    await useCases.watchSuiteTickets();
  },
  'link-renewal': ({ linkId }) => useCases.renewLink(linkId),
  'link-sweep': async () => {
    const { due, failures } = await useCases.renewDueLinks();
    for (const error of failures) {
      logger.error({ err: error }, 'a link could not be renewed');
    }
    if (due > 0) {
      logger.info({ 'links.due': due, 'links.failed': failures.length }, 'due links dealt with');
    }
  },
});
