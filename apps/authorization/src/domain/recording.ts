import type { LocalizedText } from '@daikaifa/kernel';

/** What recordings of both kinds have in common with WeCom's answers. */
interface Provable {
  readonly generation: number;
  readonly confirmedAt: Date | null;
  readonly lastError: LocalizedText | null;
  readonly updatedAt: Date;
}

/** WeCom gave a token for this recording. Null: that is known, or another one was recorded meanwhile. */
export const confirmRecording = <C extends Provable>(stored: C, generation: number, now: Date): C | null =>
  stored.generation !== generation || (stored.confirmedAt !== null && stored.lastError === null)
    ? null
    : { ...stored, confirmedAt: stored.confirmedAt ?? now, lastError: null, updatedAt: now };

/** WeCom gave none. Null: the same is known, or another one was recorded meanwhile. */
export const noteRefusal = <C extends Provable>(
  stored: C,
  refusal: { readonly generation: number; readonly error: LocalizedText },
  now: Date,
): C | null =>
  stored.generation !== refusal.generation || stored.lastError?.en === refusal.error.en
    ? null
    : { ...stored, lastError: refusal.error, updatedAt: now };
