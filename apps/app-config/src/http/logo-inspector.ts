import { inspectImage, type UploadInspector } from '@daikaifa/blobs';
import { err } from '@daikaifa/kernel';
import { checkFields, errorsOf, type RuleSet } from '@daikaifa/rules';

/**
 * What a logo may be, asked when it is uploaded and not only when it is named. Bytes and kind of file are terms of
 * the signed address already; the pixels are left.
 */
export const createLogoInspector = (rules: RuleSet): UploadInspector => {
  const pixels = rules.rules.filter(({ check }) => check.kind === 'image' && check.part === 'size');
  return async (bytes) => {
    const inspected = await inspectImage(bytes);
    if (!inspected.ok) {
      return inspected;
    }
    const errors = errorsOf(checkFields({ ...rules, rules: pixels }, { logo: inspected.value }, { mode: 'save' }));
    return errors.length > 0 ? err(errors) : inspected;
  };
};
