import { err, ok, text, type Decision, type LocalizedText, type Rejection, type Result } from '@daikaifa/kernel';
import { liveEpoch, type Authorization, type Epoch } from './authorization';

const MARKED = { type: 'authorization.marked-test' };

type Obstacle = 'DECIDED_BY_LIST' | 'DECIDED_BY_PERSON' | 'APP_BEGUN';

const OBSTACLES: Readonly<Record<Obstacle, LocalizedText>> = {
  DECIDED_BY_LIST: text(
    '已与测试企业名单比对，环境不可更改；如需更改，请更新名单后由企业取消授权并重新扫码',
    'The corp was compared with the list of test corps; change the list, then let the corp cancel and scan again',
  ),
  DECIDED_BY_PERSON: text(
    '本次授权已被标记为测试，不可再次更改',
    'Somebody has marked this authorization as a test already, which is final for it',
  ),
  APP_BEGUN: text(
    '该企业的代开发应用已开始开发，不可再标记为测试；请由企业取消授权并重新扫码',
    'The app of this corp was begun already; let the corp cancel and scan again',
  ),
};

/** WeCom's customized_publish_status: 0 待开发 */
const hasBegunInConsole = ({ observation: { publishStatus } }: Epoch): boolean =>
  publishStatus !== null && publishStatus.value > 0;

const obstacleOf = (live: Epoch, hasBegun: boolean): Obstacle | null => {
  if (live.environmentBasis !== 'UNDECIDED') {
    return `DECIDED_BY_${live.environmentBasis}`;
  }
  return hasBegun || hasBegunInConsole(live) ? 'APP_BEGUN' : null;
};

/**
 * A person says that the corp is one for trying things out (测试企业), where nothing else could tell. Final for the epoch:
 * only a cancellation and a new scan change an environment.
 * @param command.hasBegun whether the corp's app was begun on this platform
 */
export const markTest = (
  authorization: Authorization,
  command: { readonly person: string; readonly hasBegun: boolean },
  now: Date,
): Result<Decision<Authorization>, Rejection> => {
  const { id, epochs } = authorization;
  const live = liveEpoch(authorization);
  if (live === null) {
    const details = { id, reason: 'CANCELLED' };
    return err({ code: 'INVALID_STATE', text: text('授权已取消', 'The authorization was cancelled'), details });
  }
  const obstacle = obstacleOf(live, command.hasBegun);
  if (obstacle !== null) {
    return err({ code: 'INVALID_STATE', text: OBSTACLES[obstacle], details: { id, reason: obstacle } });
  }
  const marked: Epoch = {
    ...live,
    environment: 'TEST',
    environmentBasis: 'PERSON',
    environmentMark: { markedBy: command.person, markedAt: now },
  };
  return ok({ next: { ...authorization, epochs: [...epochs.slice(0, -1), marked], updatedAt: now }, facts: [MARKED] });
};
