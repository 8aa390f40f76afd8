import type { Image } from '@daikaifa/rules';

/** A template's online revision, as far as an app is pre-filled from it. */
export interface TemplateSource {
  readonly templateId: string;
  readonly publisherId: string;
  /** Null while it was never launched, as an imported one may be. */
  readonly online: { readonly logo: Image | null; readonly name: string | null; readonly introduction: string | null } | null;
}

/** The callback endpoint of a template or an app. */
export interface EndpointSignal {
  readonly url: string;
  readonly keysIssued: boolean;
  /** When WeCom's GET verification was last answered with the current keys. */
  readonly verifiedAt: Date | null;
  readonly closed: boolean;
}
