import * as contracts from '@daikaifa/contracts';
import { DELIVERABLE_TYPES } from './delivery-feeds';

const stateTopics = (Object.values(contracts) as unknown[]).filter(
  (value): value is contracts.StateTopic<unknown> => typeof value === 'object' && value !== null && 'topic' in value && 'types' in value,
);

describe('what a destination can ask for', () => {
  it('is every event of the platform, but for the one that comes before any destination', () => {
    const all = stateTopics.flatMap(({ types }) => types);

    expect(all).toContain('erasure.completed');
    expect([...DELIVERABLE_TYPES].sort()).toEqual(all.filter((type) => type !== 'template.publisher.registered').sort());
  });
});
