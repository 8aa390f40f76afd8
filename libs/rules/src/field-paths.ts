/** A value with the path that leads to it: `menu.0.children.2.name`. */
export interface PlacedValue {
  readonly path: string;
  readonly value: unknown;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Absent, empty, or a list without entries. */
export const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Every value that the path names; `*` stands for each entry of a list. A path without `*` always names one value,
 * which may be undefined; entries that a list does not have name none.
 */
export const valuesAt = (content: object, path: string): readonly PlacedValue[] =>
  path.split('.').reduce<readonly PlacedValue[]>(
    (places, key) =>
      places.flatMap(({ path: reached, value }): readonly PlacedValue[] => {
        const place = (name: string): string => (reached === '' ? name : `${reached}.${name}`);
        if (key !== '*') {
          return [{ path: place(key), value: isObject(value) ? (value as Record<string, unknown>)[key] : undefined }];
        }
        return Array.isArray(value)
          ? value.map((entry: unknown, index) => ({ path: place(String(index)), value: entry }))
          : [];
      }),
    [{ path: '', value: content }],
  );

/** `path` with its stars replaced by the indexes of `place`: `menu.*.children` beside `menu.1.entry` is `menu.1.children`. */
export const besides = (path: string, place: string): string => {
  const reached = place.split('.');
  return path
    .split('.')
    .map((key, index) => (key === '*' ? (reached[index] ?? key) : key))
    .join('.');
};
