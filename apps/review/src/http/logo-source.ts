import { fetchBlob, findLikeness, inspectImage, type FetchedBlob, type Fingerprint } from '@daikaifa/blobs';
import { isAppError, text, type LocalizedText, type Violation } from '@daikaifa/kernel';
import type { Logos } from '../application/ports';
import type { LogoInspection } from '../domain/prechecks';
import type { SubjectKind } from '../domain/review-item';

const refused = (code: string, message: LocalizedText): LogoInspection => ({
  kind: 'REFUSED',
  violations: [{ field: 'logo', code, severity: 'ERROR', text: message } satisfies Violation],
});

/** What an answer of the owner means for the logo itself; undefined: it says nothing, try again. */
const findingOf = (error: unknown): LogoInspection | undefined => {
  if (!isAppError(error)) {
    return undefined;
  }
  if (error.code === 'NOT_FOUND') {
    return refused('LOGO_MISSING', text('logo 文件已不存在', 'The file of the logo does not exist any more'));
  }
  return error.details['reason'] === 'TOO_LARGE'
    ? refused('LOGO_BYTES', text('logo 文件过大', 'The file of the logo is too large'))
    : undefined;
};

/** The port `Logos`: one signed internal GET at the owner's service, then the bytes themselves are asked. */
export const createLogoSource = (options: {
  /** Where each kind of subject keeps its files. */
  readonly ownerUrls: Readonly<Record<SubjectKind, string>>;
  readonly secret: string;
  readonly fingerprints: readonly Fingerprint[];
}): Logos => ({
  inspect: async (owner, sha256) => {
    let blob: FetchedBlob;
    try {
      blob = await fetchBlob({ baseUrl: options.ownerUrls[owner], secret: options.secret, sha256 });
    } catch (error) {
      const finding = findingOf(error);
      if (finding === undefined) {
        throw error;
      }
      return finding;
    }
    const inspected = await inspectImage(blob.bytes);
    if (!inspected.ok) {
      return { kind: 'REFUSED', violations: inspected.error };
    }
    const { perceptualHash, ...image } = inspected.value;
    return { kind: 'INSPECTED', image, likeness: findLikeness(perceptualHash, options.fingerprints) };
  },
});
