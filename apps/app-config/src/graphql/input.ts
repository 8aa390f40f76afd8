import type { CorpAppInput } from '../application/corp-app-content';
import type { MenuEntry } from '../domain/corp-app';
import type { CorpAppContentInput, MenuEntryInput } from './schema.generated';

const toMenuEntry = ({ name, entry, children }: MenuEntryInput): MenuEntry => ({
  name,
  entry: entry ?? null,
  children: children ?? [],
});

type Known<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** What is absent stays absent: null stays and means "empty it". */
const known = <T extends object>(input: T): Known<T> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Known<T>;

/** Lists and the callback cannot be absent in the content: null empties them to their first value. */
export const toContentInput = ({ menu, ipWhitelist, callback, ...fields }: CorpAppContentInput): CorpAppInput => ({
  ...known(fields),
  ...(menu !== undefined && { menu: (menu ?? []).map(toMenuEntry) }),
  ...(ipWhitelist !== undefined && { ipWhitelist: ipWhitelist ?? [] }),
  ...(callback !== undefined && { callback: callback ?? 'TEMPLATE' }),
});
