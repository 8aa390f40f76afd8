/** What one epoch of an authorization says to reviews. */
export interface EpochSignal {
  readonly epoch: number;
  readonly status: 'ACTIVE' | 'CANCELLED';
  /** WeCom's customized_publish_status, and when the read that brought it began. */
  readonly publishStatus: { readonly value: number; readonly readAt: Date } | null;
}

/** What the authorization service last said about a corp's authorization of a template. */
export interface AuthorizationSignal {
  readonly id: string;
  readonly publisherId: string;
  readonly sequence: number;
  readonly suiteId: string;
  readonly epochs: readonly EpochSignal[];
}

/** 已上线, without an unpublished newer version. */
const PUBLISHED = 2;

/** There is at most one live epoch: a later one says that this one is over. */
export const isCancelled = ({ epochs }: AuthorizationSignal, epoch: number): boolean =>
  epochs.some((one) => one.epoch > epoch || (one.epoch === epoch && one.status === 'CANCELLED'));

/** When WeCom was seen to have the app online by a read that began after the launch was asked for; null: not yet. */
export const publishedAfter = ({ epochs }: AuthorizationSignal, epoch: number, requestedAt: Date): Date | null => {
  const status = epochs.find((one) => one.epoch === epoch)?.publishStatus ?? null;
  return status !== null && status.value === PUBLISHED && status.readAt > requestedAt ? status.readAt : null;
};
