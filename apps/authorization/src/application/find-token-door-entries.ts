import { authorize, type Page, type PageRequest, type Viewer } from '@daikaifa/kernel';
import type { TokenDoorEntry } from '../domain/token-door-entry';
import type { Dependencies } from './ports';

/** Who fetched tokens, newest first. */
export const listTokenDoorEntries =
  ({ tokenDoorJournal }: Pick<Dependencies, 'tokenDoorJournal'>) =>
  async (
    viewer: Viewer,
    { request, ...filter }: { readonly authorizationId?: string; readonly request: PageRequest },
  ): Promise<Page<TokenDoorEntry>> =>
    tokenDoorJournal.page(authorize(viewer, ['PUBLISHER_ADMIN']), filter, request);
