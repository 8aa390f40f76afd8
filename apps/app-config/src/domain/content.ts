import { inputRejection, text, type Rejection, type Violation } from '@daikaifa/kernel';
import { checkFields, errorsOf, type RuleSet } from '@daikaifa/rules';
import type { CorpAppContent, MenuEntry, MenuTarget, MiniProgram } from './corp-app';

/** What is left out stays; null empties the field. */
export type ContentChange = Partial<CorpAppContent> & {
  /** SHA-256 of a logo that is asked for but was never uploaded. */
  readonly unknownLogo?: string;
};

const tidy = (value: string): string => value.trim().normalize('NFC');
const tidyOrNull = (value: string | null): string | null => (value === null ? null : tidy(value) || null);

const tidyTarget = ({ kind, target }: MenuTarget): MenuTarget => ({ kind, target: target.trim() });

const tidyEntry = ({ name, entry, children }: MenuEntry): MenuEntry => ({
  name: tidy(name),
  entry: entry && tidyTarget(entry),
  children: children.map((child) => ({ name: tidy(child.name), ...tidyTarget(child) })),
});

const tidyMiniProgram = ({ appId, name, published }: MiniProgram): MiniProgram => ({
  appId: appId.trim(),
  name: tidy(name),
  published,
});

/** Outer spaces go, empty becomes absent, composed form: what is compared, counted and shown is one and the same. */
export const tidied = (content: CorpAppContent): CorpAppContent => ({
  logo: content.logo,
  name: tidyOrNull(content.name),
  introduction: tidyOrNull(content.introduction),
  homePageUrl: tidyOrNull(content.homePageUrl),
  miniProgram: content.miniProgram && tidyMiniProgram(content.miniProgram),
  menu: content.menu.map(tidyEntry),
  trustedDomain: tidyOrNull(content.trustedDomain)?.toLowerCase() ?? null,
  ipWhitelist: content.ipWhitelist.map((entry) => entry.trim()),
  callback: content.callback,
});

/** Everything that is wrong with what is given, or null. */
export const refuseContent = (content: CorpAppContent, change: ContentChange, rules: RuleSet): Rejection | null => {
  const missing: Violation[] =
    change.unknownLogo === undefined
      ? []
      : [
          {
            field: 'logo',
            code: 'LOGO_NOT_UPLOADED',
            severity: 'ERROR',
            text: text('请先上传该 logo', 'This logo was not uploaded'),
            given: change.unknownLogo.slice(0, 64),
          },
        ];
  const violations = [...missing, ...checkFields(rules, content, { mode: 'save' })];
  return errorsOf(violations).length > 0 ? inputRejection(violations) : null;
};

/** What is let through all the same: shown to the person who saves, and to the reviewer. */
export const contentWarnings = (content: CorpAppContent, rules: RuleSet): readonly Violation[] =>
  checkFields(rules, content, { mode: 'save' }).filter(({ severity }) => severity === 'WARNING');
