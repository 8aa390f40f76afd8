import { startSharedStack, stopSharedStack } from './one-stack/stack';

/**
 * What asks nothing of its stack but that it runs, on one stack: eight processes take ten seconds to start. Those that
 * count every event of the suites come first. One alone: `-t '^<part> '`.
 */
const PARTS = ['refusals', 'order', 'app-life-order', 'browser', 'browser-permissions', 'delivery', 'event-types'];

beforeAll(startSharedStack, 90_000);

afterAll(stopSharedStack, 60_000);

describe.each(PARTS)('%s', (part) => {
  // Loaded in here, its set-up and tests are those of this block.
  jest.requireActual(`./one-stack/${part}`);
});
