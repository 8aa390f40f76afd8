import { derivedId } from '@daikaifa/kernel';

/** The submission decides: whoever opens its item, however often, means the same one. */
export const itemIdOf = (submissionId: string): string => derivedId('review-item', submissionId);
export const ticketIdOf = (batchId: string): string => derivedId('review-ticket', batchId);
