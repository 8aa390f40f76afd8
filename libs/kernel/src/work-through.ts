/**
 * Works through what is due, one after the other. One that fails holds up no other.
 * @param outcome what was not reached for those that failed, such as `notices could not be given`
 * @returns how many were due
 * @throws AggregateError of everything that failed; those stay due
 */
export const workThrough = async <Due>(
  due: readonly Due[],
  outcome: string,
  work: (one: Due) => Promise<unknown>,
): Promise<number> => {
  const faults: unknown[] = [];
  for (const one of due) {
    try {
      await work(one);
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) {
    throw new AggregateError(faults, `${faults.length} of ${due.length} ${outcome}`);
  }
  return due.length;
};
