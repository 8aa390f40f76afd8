import { AppError, text } from '@daikaifa/kernel';
import type { RedisConnection } from '@daikaifa/redis';
import type { PingBudget } from '../application/delivery-ports';

/** In one step: a count whose window has no end would lock the publisher out for ever. */
const TAKE = `
local taken = redis.call('incr', KEYS[1])
if taken == 1 then
  redis.call('pexpire', KEYS[1], ARGV[1])
end
return {taken, redis.call('pttl', KEYS[1])}`;

/** Windows of a fixed length, each from the first ping in it. A Redis that was emptied starts them anew. */
export const createPingBudget = (
  { client }: RedisConnection,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
): PingBudget => ({
  take: async (publisherId) => {
    try {
      const [taken, leftMs] = (await client.eval(TAKE, 1, `pings:${publisherId}`, windowMs)) as [number, number];
      return taken <= limit ? null : leftMs;
    } catch (cause) {
      throw new AppError('UNAVAILABLE', text('暂时无法验证投递目标', 'Destinations cannot be verified at the moment'), { cause });
    }
  },
});
