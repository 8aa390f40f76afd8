/** What deliveries know of one corp of one suite, without its id: it stays when the corp is erased. */
export interface DeliveryCorp {
  readonly key: string;
  readonly publisherId: string;
  readonly authorizationId: string;
  readonly templateId: string;
  /** The newest one. */
  readonly epoch: number;
  /** The newest epoch that has ended. What belongs to it or to an earlier one is erased and stays out. */
  readonly cancelled: { readonly epoch: number; readonly at: Date } | null;
}

/** Of an event that does not say it: what came until the cancellation belongs to the epoch that it ended. */
export const epochAt = ({ epoch, cancelled }: DeliveryCorp, time: Date): number =>
  cancelled !== null && time <= cancelled.at ? cancelled.epoch : epoch;

export const isErased = ({ cancelled }: DeliveryCorp, epoch: number): boolean =>
  cancelled !== null && epoch <= cancelled.epoch;

/** The end itself is still told; the content goes when it has been. */
export const LAST_WORDS: readonly string[] = ['wecom.suite.cancel_auth', 'authorization.cancelled'];

export const isLastWord = (type: string): boolean => LAST_WORDS.includes(type);
