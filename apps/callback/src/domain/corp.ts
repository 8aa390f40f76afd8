import { derivedId } from '@daikaifa/kernel';

/**
 * Stands for one corp of one suite wherever something may outlive the authorization: tombstones, journals, late
 * events. A corp that has left must be recognised without its id being kept.
 * @param corpId compared as it is: encrypted ids differ by case
 */
export const corpKeyOf = (suiteId: string, corpId: string): string => derivedId('corp', suiteId, corpId);

/** What the authorization service said last about one corp of a template. */
export interface CorpStanding {
  readonly corpKey: string;
  readonly publisherId: string;
  readonly templateId: string;
  readonly authorizationId: string;
  /** Of the latest authorization. */
  readonly epoch: number;
  readonly active: boolean;
  /** Of the latest epoch that was cancelled. */
  readonly cancelledAt: Date | null;
}

/** WeCom's clock has whole seconds: what came within the second of the cancellation still belongs to what was cancelled. */
export const isBeforeCancellation = ({ cancelledAt }: Pick<CorpStanding, 'cancelledAt'>, occurredAt: Date): boolean =>
  cancelledAt !== null && Math.floor(occurredAt.getTime() / 1_000) <= Math.floor(cancelledAt.getTime() / 1_000);

/** Whether the corp is authorized for this template: two templates may have been given the same suite id by mistake. */
export const isAuthorizedFor = (standing: CorpStanding | null, templateId: string): standing is CorpStanding =>
  standing !== null && standing.active && standing.templateId === templateId;
