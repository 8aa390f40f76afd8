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
  /** InfoType of a suite event, MsgType of a message, `event.<Event>` of an app's event. */
  readonly infoType: string;
  readonly suiteId: string;
  /** Of an app's event: whose it is, as `corpKeyOf`; null for a suite event. */
  readonly corpKey: string | null;
  readonly state: ReceiptState;
  /** How often WeCom sent it. */
  readonly sends: number;
  /** When it came about by WeCom's clock, not later than it came here: says on which side of a cancellation it is. */
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/**
 * States only go forward in this order, whichever process reports first: the journal is written behind, so the report
 * "stored" of one process may come after the report "published" of another.
 */
export const RECEIPT_STATES: readonly ReceiptState[] = ['PARKED', 'STORED', 'EXPIRED', 'PUBLISHED'];
