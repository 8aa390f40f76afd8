import type { ContentChange } from '../domain/content';
import type { CorpAppContent } from '../domain/corp-app';
import type { Dependencies } from './ports';

/** What a caller writes: absent stays as it is, null empties. The logo is named by its content. */
export type CorpAppInput = Partial<Omit<CorpAppContent, 'logo'>> & { readonly logoSha256?: string | null };

/** Looks up the logo. One that was never uploaded for this publisher is left to the decision, beside other faults. */
export const toContent = async (
  { images }: Pick<Dependencies, 'images'>,
  publisherId: string,
  { logoSha256, ...fields }: CorpAppInput,
): Promise<ContentChange> => {
  if (logoSha256 === undefined) {
    return fields;
  }
  if (logoSha256 === null) {
    return { ...fields, logo: null };
  }
  const logo = await images.find(publisherId, logoSha256);
  return logo === null ? { ...fields, unknownLogo: logoSha256 } : { ...fields, logo };
};
