/** Where an accepted event is. */
export type ReceiptState = 'PUBLISHED' | 'PARKED' | 'STORED' | 'EXPIRED';

/** How an event was made durable before WeCom got its answer. */
export type DurableState = Exclude<ReceiptState, 'EXPIRED'>;

/** What is kept of an accepted event; never its content. */
export interface Receipt {
  /** Content id: the same for every re-send. */
  readonly id: string;
  readonly publisherId: string;
  readonly endpointId: string;
  readonly infoType: string;
  readonly suiteId: string;
  readonly state: ReceiptState;
  /** How often WeCom sent it. */
  readonly sends: number;
  readonly receivedAt: Date;
}

/**
 * States only go forward in this order, whichever process reports first: the journal is written behind, so the report
 * "stored" of one process may come after the report "published" of another.
 */
export const RECEIPT_STATES: readonly ReceiptState[] = ['PARKED', 'STORED', 'EXPIRED', 'PUBLISHED'];
