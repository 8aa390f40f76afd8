import { manualClock } from '@daikaifa/testing';
import { createEventWindow } from './event-window';

describe('the window of known events', () => {
  it('knows an event until the window ends, counted from when it was made durable', () => {
    const clock = manualClock();
    const window = createEventWindow(clock, 1_000);
    window.remember('a', 'PUBLISHED');
    clock.advance(600);
    window.remember('b', 'STORED');
    expect([window.find('a'), window.find('b'), window.find('c')]).toEqual(['PUBLISHED', 'STORED', null]);
    clock.advance(400);
    expect([window.find('a'), window.find('b')]).toEqual([null, 'STORED']);
  });
});
