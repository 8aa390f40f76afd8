import type { Aggregate, LocalizedText } from '@daikaifa/kernel';

/** provider_secret (服务商密钥) of one service provider. The id is the publisher's. */
export interface ProviderCredentials extends Aggregate {
  /** Counts the recordings: what was found out about an older secret does not hold for this one. */
  readonly generation: number;
  readonly sealedSecret: string;
  readonly recordedAt: Date;
  readonly recordedBy: string;
  /** When WeCom accepted this secret for the first time. */
  readonly confirmedAt: Date | null;
  /** WeCom's last refusal; null again once it accepts. */
  readonly lastError: LocalizedText | null;
}
