import { AppError, text, type LocalizedText, type Viewer } from '@daikaifa/kernel';
import type { ReviewItem, VerdictSource } from '../domain/review-item';
import type { ReviewSettings } from '../domain/subject-state';

const forbidden = (message: LocalizedText, reason: string): AppError =>
  new AppError('FORBIDDEN', message, { details: { reason } });

/**
 * Whose verdict this viewer may give: the publisher's setting decides the source, the source the role.
 * @throws AppError FORBIDDEN with `details.reason` VERDICT_SOURCE_PLATFORM, VERDICT_SOURCE_WECOM or FOUR_EYES
 */
export const authorizeVerdict = (
  viewer: Viewer,
  item: Pick<ReviewItem, 'submittedBy'>,
  settings: ReviewSettings,
): VerdictSource => {
  if (settings.verdictSource === 'WECOM') {
    if (!viewer.roles.includes('PUBLISHER_ADMIN')) {
      const message = text(
        '该主体以企业微信的审核结论为准，由主体管理员登记',
        'The verdicts of this publisher come from WeCom; its admin writes them down',
      );
      throw forbidden(message, 'VERDICT_SOURCE_WECOM');
    }
    return 'WECOM';
  }
  if (!viewer.roles.includes('REVIEWER')) {
    const message = text(
      '该主体由平台审核员审核，不能登记企业微信的结论',
      'Reviewers of the platform decide for this publisher; a verdict of WeCom cannot be written down',
    );
    throw forbidden(message, 'VERDICT_SOURCE_PLATFORM');
  }
  if (settings.fourEyes && viewer.subject === item.submittedBy) {
    const message = text(
      '提交人不能审核自己的提交，请由他人审核（四眼原则）',
      'Who submitted it cannot review it: another person has to decide (four-eyes rule)',
    );
    throw forbidden(message, 'FOUR_EYES');
  }
  return 'PLATFORM';
};
