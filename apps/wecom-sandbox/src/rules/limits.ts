import { z } from 'zod';

const ms = z.number().int().min(0);
const count = z.number().int().min(1);

/** Every clock and cap of the sandbox; the defaults are WeCom's where the documents name one. */
export const limitsSchema = z.strictObject({
  tokenLifeMs: ms,
  suiteTicketLifeMs: ms,
  suiteTicketIntervalMs: ms,
  authCodeLifeMs: ms,
  linkLifeMs: ms,
  /** The wrong secret with this number, within the ban's length, bans the address. */
  wrongSecretsBeforeBan: count,
  banMs: ms,
  /** Per calling corp, suite or provider and per path. */
  tokenCallsPerMinute: count,
  callsPerMinute: count,
  /** GET verification, create_auth, change_auth, cancel_auth, reset_permanent_code. */
  urgentAnswerMs: ms,
  answerMs: ms,
  sendsPerPush: count,
  resendAfterMs: ms,
  /** Per corp, over all its apps. */
  trustedDomainsPerMonth: count,
});

export type Limits = z.infer<typeof limitsSchema>;

export const DEFAULT_LIMITS: Limits = {
  tokenLifeMs: 7_200_000,
  suiteTicketLifeMs: 1_800_000,
  suiteTicketIntervalMs: 600_000,
  authCodeLifeMs: 600_000,
  linkLifeMs: 864_000_000,
  wrongSecretsBeforeBan: 10,
  banMs: 3_600_000,
  tokenCallsPerMinute: 200,
  callsPerMinute: 10_000,
  urgentAnswerMs: 1000,
  answerMs: 5000,
  sendsPerPush: 3,
  resendAfterMs: 1000,
  trustedDomainsPerMonth: 20,
};

/** An empty list allows everyone; an entry may end in `*`, as in `222.209.201.*`. */
export const isAddressAllowed = (whitelist: readonly string[], ip: string): boolean => {
  const address = ip.replace(/^::ffff:/, '');
  return (
    whitelist.length === 0 ||
    whitelist.some((entry) => (entry.endsWith('*') ? address.startsWith(entry.slice(0, -1)) : address === entry))
  );
};
