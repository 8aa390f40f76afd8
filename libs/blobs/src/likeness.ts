/** A picture that others must not resemble, supplied by the operator. */
export interface Fingerprint {
  readonly name: string;
  /** As `inspectImage` gives it: 16 hexadecimal digits. */
  readonly perceptualHash: string;
}

export interface Likeness {
  /** False when there was nothing to compare with: "no match" would then say too much. */
  readonly checked: boolean;
  /** The most alike first; `distance` in differing bits of 64. */
  readonly matches: ReadonlyArray<{ readonly name: string; readonly distance: number }>;
}

/** Up to this distance two pictures look alike to a person; unrelated ones are about 32 apart. */
const DEFAULT_MAX_DISTANCE = 10;

const distanceOf = (left: string, right: string): number => {
  let different = BigInt(`0x${left}`) ^ BigInt(`0x${right}`);
  let count = 0;
  for (; different !== 0n; different >>= 1n) {
    count += Number(different & 1n);
  }
  return count;
};

/** Which known pictures this one resembles. A hint for the reviewer, never a refusal. */
export const findLikeness = (
  perceptualHash: string,
  fingerprints: readonly Fingerprint[] = [],
  maxDistance: number = DEFAULT_MAX_DISTANCE,
): Likeness => ({
  checked: fingerprints.length > 0,
  matches: fingerprints
    .map((known) => ({ name: known.name, distance: distanceOf(perceptualHash, known.perceptualHash) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((left, right) => left.distance - right.distance),
});
