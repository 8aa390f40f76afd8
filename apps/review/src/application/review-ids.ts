import { createHash } from 'node:crypto';

/** As a UUIDv8. The submission decides: whoever opens its item, however often, means the same one. */
const idOf = (kind: string, submissionId: string): string => {
  const hex = createHash('sha256').update(`${kind}:${submissionId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

export const itemIdOf = (submissionId: string): string => idOf('review-item', submissionId);
export const ticketIdOf = (submissionId: string): string => idOf('review-ticket', submissionId);
