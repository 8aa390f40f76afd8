import { derivedId, isAppError, platformScope } from '@daikaifa/kernel';
import { createLink, revokeLink } from '../domain/authorization-link.decide';
import type { KnownTemplate } from '../domain/known';
import type { Dependencies } from './ports';

/** One link per template, whatever runs twice or at once: its id comes from the template's. */
export const templateLinkId = (templateId: string): string => derivedId('template-qr', templateId);

type Deps = Pick<Dependencies, 'links' | 'wakeUps' | 'clock' | 'newState'>;

const makeLink = async ({ links, wakeUps, clock, newState }: Deps, template: KnownTemplate): Promise<void> => {
  const scope = platformScope('follow the template');
  const id = templateLinkId(template.id);
  if ((await links.byId(scope, id)) !== null) {
    return;
  }
  const { publisherId } = template;
  const command = { id, publisherId, templateIds: [template.id], stateParameter: newState() };
  const link = createLink({ ...command, kind: 'TEMPLATE_QR', renews: true }, clock.now());
  try {
    await links.create(link, []);
  } catch (error) {
    const isMadeMeanwhile = isAppError(error) && error.code === 'CONFLICT' && (await links.byId(scope, id)) !== null;
    if (!isMadeMeanwhile) {
      throw error;
    }
  }
  await wakeUps.linkRenewal(id);
};

/** Also those that it shares with other templates: WeCom refuses the whole list for one that is not online. */
const revokeLinks = async ({ links, clock }: Deps, template: KnownTemplate): Promise<void> => {
  const scope = platformScope('follow the template');
  for (const id of await links.findOpenOfTemplate(scope, template.id)) {
    await links.update(scope, id, (link) => {
      const revoked = revokeLink(link, clock.now());
      return revoked.ok ? { next: revoked.value, facts: [] } : null;
    });
  }
};

/**
 * ONLINE: the template has its QR code. RETIRED: it shows none any more; corp apps live on.
 * Safe to repeat; a link that a person has revoked stays revoked.
 */
export const followTemplate =
  (deps: Deps) =>
  async (template: KnownTemplate): Promise<void> => {
    if (template.availability === 'ONLINE') {
      await makeLink(deps, template);
    } else if (template.availability === 'RETIRED') {
      await revokeLinks(deps, template);
    }
  };
