import { authorize, READERS, type Viewer } from '@daikaifa/kernel';
import type { RuleSet } from '@daikaifa/rules';
import type { Dependencies } from './ports';

/** The field rules of delegated templates with their word lists and catalogues, as this deployment applies them. */
export const findRules =
  ({ rules }: Pick<Dependencies, 'rules'>) =>
  (viewer: Viewer): RuleSet => {
    authorize(viewer, READERS);
    return rules;
  };
