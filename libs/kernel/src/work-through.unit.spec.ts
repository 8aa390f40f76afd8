import { workThrough } from './work-through';

describe('workThrough', () => {
  it('does one after the other and counts them', async () => {
    const log: string[] = [];
    const work = async (id: string): Promise<void> => {
      log.push(`begin ${id}`);
      await Promise.resolve();
      log.push(`end ${id}`);
    };
    expect(await workThrough(['a', 'b'], 'notices could not be given', work)).toBe(2);
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('lets one that fails hold up no other, also when it throws at once, and then says what failed', async () => {
    const done: string[] = [];
    const faults = { a: new Error('at once'), c: new Error('later') };
    const work = (id: string): Promise<void> => {
      if (id === 'a') {
        throw faults.a;
      }
      if (id === 'c') {
        return Promise.reject(faults.c);
      }
      done.push(id);
      return Promise.resolve();
    };
    const failed = await workThrough(['a', 'b', 'c', 'd'], 'notices could not be given', work).catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: '2 of 4 notices could not be given', errors: [faults.a, faults.c] });
    expect(done).toEqual(['b', 'd']);
  });

  it('is content with nothing', async () => {
    expect(await workThrough([], 'notices could not be given', () => Promise.reject(new Error('none')))).toBe(0);
  });
});
