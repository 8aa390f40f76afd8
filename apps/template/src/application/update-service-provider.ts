import { acceptedOrThrow, authorize, conflict, notFound, text, type Viewer } from '@daikaifa/kernel';
import type { ChangeServiceProvider } from '../domain/publisher';
import { changeServiceProvider as decide } from '../domain/publisher.decide';
import { ADMINS } from './change-template';
import type { Dependencies } from './ports';
import type { PublisherResult } from './register-service-provider';

/** Name, IP whitelist, test corps and review settings; what is left out stays. */
export const updateServiceProvider =
  ({ publishers, clock }: Pick<Dependencies, 'publishers' | 'clock'>) =>
  async (
    viewer: Viewer,
    input: {
      readonly publisherId: string;
      readonly expectedVersion: number;
      readonly changes: ChangeServiceProvider;
    },
  ): Promise<PublisherResult> => {
    const { publisherId, expectedVersion, changes } = input;
    const scope = authorize(viewer, ADMINS);
    const publisher = await publishers.byId(scope, publisherId);
    if (publisher === null) {
      throw notFound(text('主体', 'The publisher'), publisherId);
    }
    if (publisher.version !== expectedVersion) {
      throw conflict(text('主体已被他人修改，请刷新后重试', 'The publisher was changed in the meantime; load it again'), {
        id: publisherId,
        expectedVersion,
        currentVersion: publisher.version,
      });
    }
    const { next, facts, warnings } = acceptedOrThrow(decide(publisher, changes, clock.now()));
    return { publisher: await publishers.save(next, expectedVersion, facts), warnings };
  };
