import { z } from 'zod';
import { defineStateTopic } from '../envelope';

export const suiteStateSchema = z.object({
  /** The template's id: one suite per template. */
  id: z.string(),
  publisherId: z.string(),
  suiteId: z.string().nullable(),
  ticket: z.enum(['NONE', 'FRESH', 'STALE']),
  ticketAt: z.iso.datetime().nullable(),
});
export type SuiteState = z.infer<typeof suiteStateSchema>;

export const suiteTopic = defineStateTopic({
  producer: 'authorization',
  aggregate: 'suite',
  types: ['suite.recorded', 'suite-ticket.fresh', 'suite-ticket.stale'],
  state: suiteStateSchema,
});
