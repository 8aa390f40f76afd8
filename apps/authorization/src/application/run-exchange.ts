import { platformScope } from '@daikaifa/kernel';
import { applyExchange } from './apply-exchange';
import { exchangeCode } from './exchange-code';
import { findEnvironment } from './find-environment';
import type { Dependencies } from './ports';

/** The next step of an exchange, when it is due: an attempt at the code, then taking in the answer. */
export const runExchange = (deps: Dependencies) => {
  const apply = applyExchange({ ...deps, findEnvironment: findEnvironment(deps) });
  return async (exchangeId: string): Promise<void> => {
    const { exchanges, clock } = deps;
    const found = await exchanges.byId(platformScope('exchange an auth code'), exchangeId);
    if (found === null || found.nextAttemptAt === null || found.nextAttemptAt > clock.now()) {
      return;
    }
    const exchange = found.status === 'RECEIVED' ? await exchangeCode(deps, found) : found;
    if (exchange?.status === 'EXCHANGED' && exchange.sealedAnswer !== null) {
      await apply(exchange);
    }
  };
};
