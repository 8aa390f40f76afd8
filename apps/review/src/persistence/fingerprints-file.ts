import { readFile } from 'node:fs/promises';
import type { Fingerprint } from '@daikaifa/blobs';
import { z } from 'zod';

const fileSchema = z.array(
  z.object({
    name: z.string().trim().min(1),
    perceptualHash: z.string().regex(/^[0-9a-f]{16}$/, '16 hexadecimal digits, as inspectImage gives them'),
  }),
);

/**
 * Logos that no template may resemble, supplied by the operator; none without a file.
 * @throws Error naming every fault of the file
 */
export const loadFingerprints = async (path: string | undefined): Promise<readonly Fingerprint[]> => {
  if (path === undefined) {
    return [];
  }
  const parsed = fileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: where, message }) => `${where.join('.')}: ${message}`);
    throw new Error(`the fingerprints file ${path} has faults: ${faults.join('; ')}`);
  }
  return parsed.data;
};
