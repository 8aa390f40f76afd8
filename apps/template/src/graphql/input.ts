type Given<T> = { readonly [Key in keyof T]?: NonNullable<T[Key]> };
type Known<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** GraphQL input without what is absent or null: for fields that cannot be emptied. */
export const given = <T extends object>(input: T): Given<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)) as Given<T>;

/** GraphQL input without what is absent: null stays and means "empty it". */
export const known = <T extends object>(input: T): Known<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Known<T>;

/** Review settings: only the working days can be emptied, then the hours count. */
export const givenReview = <T extends { readonly dueWorkingDays?: number | null | undefined }>(input: T) => {
  const { dueWorkingDays, ...others } = input;
  return { ...given(others), ...(dueWorkingDays !== undefined && { dueWorkingDays }) };
};
