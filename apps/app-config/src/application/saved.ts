import type { Violation } from '@daikaifa/kernel';
import { contentWarnings } from '../domain/content';
import { currentRevisionOf, type CorpApp } from '../domain/corp-app';
import type { Dependencies } from './ports';

/** As stored, and what was let through all the same. */
export interface Saved {
  readonly corpApp: CorpApp;
  readonly warnings: readonly Violation[];
}

export const saved = (corpApp: CorpApp, { rules }: Pick<Dependencies, 'rules'>): Saved => {
  const content = currentRevisionOf(corpApp)?.content;
  return { corpApp, warnings: content === undefined ? [] : contentWarnings(content, rules) };
};
