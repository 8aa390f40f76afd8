const DUPLICATE_KEY = 11_000;

/** Also of a bulk write: every write error of it is a repeat. */
export const isDuplicate = (error: unknown): boolean => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== DUPLICATE_KEY) {
    return false;
  }
  const errors = 'writeErrors' in error ? [error.writeErrors].flat() : [];
  return errors.every((one) => (one as { code?: number }).code === DUPLICATE_KEY);
};
