import {
  acceptedOrThrow,
  authorize,
  conflict,
  notFound,
  text,
  type Rejection,
  type Result,
  type Viewer,
  type Violation,
} from '@daikaifa/kernel';
import type { AuthorizationLink } from '../domain/authorization-link';
import {
  recordConsoleUrl,
  regenerateLink as decideRegenerate,
  revokeLink as decideRevoke,
  type ConsoleLinkAccepted,
} from '../domain/authorization-link.decide';
import type { Dependencies } from './ports';

export interface LinkChange {
  readonly linkId: string;
  readonly expectedVersion: number;
}

/** The link as stored, and what was accepted with a warning. */
export interface LinkResult {
  readonly link: AuthorizationLink;
  readonly warnings: readonly Violation[];
}

type Deps = Pick<Dependencies, 'links' | 'clock' | 'requireHttps'>;

const changeLink = async (
  { links }: Pick<Deps, 'links'>,
  call: { readonly viewer: Viewer; readonly change: LinkChange },
  decide: (link: AuthorizationLink) => Result<ConsoleLinkAccepted, Rejection>,
): Promise<LinkResult> => {
  const { linkId, expectedVersion } = call.change;
  let warnings: readonly Violation[] = [];
  const saved = await links.update(authorize(call.viewer, ['PUBLISHER_ADMIN']), linkId, (link) => {
    if (link.edition !== expectedVersion) {
      throw conflict(
        text('链接已被修改，请刷新后重试', 'The link was changed in the meantime; load it again and retry'),
        { id: linkId, expectedVersion, currentVersion: link.edition },
      );
    }
    const accepted = acceptedOrThrow(decide(link));
    warnings = accepted.warnings;
    return { next: accepted.next, facts: [] };
  });
  if (saved === null) {
    throw notFound(text('授权链接', 'The link'), linkId);
  }
  return { link: saved, warnings };
};

/** The content of the console's QR code takes the place of the API's. */
export const recordConsoleLink =
  (deps: Deps) =>
  (viewer: Viewer, change: LinkChange & { readonly url: string }): Promise<LinkResult> =>
    changeLink(deps, { viewer, change }, (link) =>
      recordConsoleUrl(link, { url: change.url, requireHttps: deps.requireHttps }, deps.clock.now()),
    );

const withoutWarnings = (decided: Result<AuthorizationLink, Rejection>): Result<ConsoleLinkAccepted, Rejection> =>
  decided.ok ? { ok: true, value: { next: decided.value, warnings: [] } } : decided;

export const revokeLink =
  (deps: Deps) =>
  (viewer: Viewer, change: LinkChange): Promise<LinkResult> =>
    changeLink(deps, { viewer, change }, (link) => withoutWarnings(decideRevoke(link, deps.clock.now())));

/** A new URL with the same state (重新生成). It arrives with a later query. */
export const regenerateLink =
  (deps: Deps & Pick<Dependencies, 'wakeUps'>) =>
  async (viewer: Viewer, change: LinkChange): Promise<LinkResult> => {
    const result = await changeLink(deps, { viewer, change }, (link) =>
      withoutWarnings(decideRegenerate(link, deps.clock.now())),
    );
    await deps.wakeUps.linkRenewal(change.linkId);
    return result;
  };
