import type { Aggregate } from '@daikaifa/kernel';

export interface TestCorp {
  readonly corpId: string;
  readonly name: string;
}

/** How reviews of this publisher are decided (domain of the review service, set here). */
export interface ReviewSettings {
  readonly verdictSource: 'PLATFORM' | 'WECOM';
  /** The reviewer must be another person than the submitter. */
  readonly fourEyes: boolean;
  readonly dueHours: number;
  /** Chinese working days instead of the hours; null: the hours count. */
  readonly dueWorkingDays: number | null;
}

/** A service provider (服务商): the tenant that everything else belongs to. Its `publisherId` is its own id. */
export interface Publisher extends Aggregate {
  readonly kind: 'SERVICE_PROVIDER';
  readonly status: 'ACTIVE';
  readonly name: string;
  /** The provider's own plaintext corp id; never changes, never re-cased. */
  readonly corpId: string;
  readonly ipWhitelist: readonly string[];
  readonly testCorps: readonly TestCorp[];
  readonly review: ReviewSettings;
}

export type PublisherFact =
  | { readonly type: 'template.publisher.registered' }
  | { readonly type: 'template.publisher.changed' };

export interface RegisterServiceProvider {
  readonly id: string;
  readonly corpId: string;
  readonly name: string;
  readonly ipWhitelist: readonly string[];
  readonly testCorps: readonly TestCorp[];
  readonly review: Partial<ReviewSettings>;
}

/** What is left out stays as it is. */
export type ChangeServiceProvider = Partial<
  Pick<RegisterServiceProvider, 'name' | 'ipWhitelist' | 'testCorps' | 'review'>
>;
