import { AppError, notFound, platformScope, text } from '@daikaifa/kernel';
import { linkStateAt } from '../domain/authorization-link.decide';
import type { Dependencies } from './ports';

const HTTP_GONE = 410;

/** What the public picture of a link shows. */
export interface PublicLink {
  /** WeCom's own URL. */
  readonly url: string;
  readonly logoSha256: string | null;
}

/**
 * For the picture that corps scan: it asks nobody who they are.
 * @throws AppError NOT_FOUND for an unknown link and one that WeCom gave no URL for yet; INVALID_STATE for one that
 * has expired or was revoked
 */
export const findPublicLink =
  ({ links, knownTemplates, clock }: Pick<Dependencies, 'links' | 'knownTemplates' | 'clock'>) =>
  async (linkId: string): Promise<PublicLink> => {
    const link = await links.byId(platformScope('show a public QR code'), linkId);
    const state = link === null ? null : linkStateAt(link, clock.now());
    if (state === 'EXPIRED' || state === 'REVOKED') {
      throw new AppError(
        'INVALID_STATE',
        text('二维码已失效，请联系服务商', 'This QR code is no longer valid; ask the provider for another one'),
        { details: { linkId, state, status: HTTP_GONE } },
      );
    }
    if (link === null || link.url === null) {
      throw notFound(text('二维码', 'The QR code'), linkId);
    }
    // What several templates share has the logo of none.
    const [templateId, ...others] = link.templateIds;
    const template = templateId === undefined || others.length > 0 ? null : await knownTemplates.find(templateId);
    return { url: link.url, logoSha256: template?.logoSha256 ?? null };
  };
