import type { TemplateContent } from '../domain/delegated-template';
import type { ContentChange } from '../domain/delegated-template.decide';
import type { Dependencies } from './ports';

/** What a caller writes: absent stays as it is, null empties. The logo is named by its content. */
export type TemplateInput = Partial<Omit<TemplateContent, 'logo'>> & { readonly logoSha256?: string | null };

/** Looks up the logo. One that was never uploaded for this publisher is left to the decision, beside other faults. */
export const toContent = async (
  { images }: Pick<Dependencies, 'images'>,
  publisherId: string,
  { logoSha256, ...texts }: TemplateInput,
): Promise<ContentChange> => {
  if (logoSha256 === undefined) {
    return texts;
  }
  if (logoSha256 === null) {
    return { ...texts, logo: null };
  }
  const logo = await images.find(publisherId, logoSha256);
  return logo === null ? { ...texts, unknownLogo: logoSha256 } : { ...texts, logo };
};
