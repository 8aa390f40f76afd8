import { corpAppTopic } from '@daikaifa/contracts';
import { defineConsumer } from '@daikaifa/messaging';
import { KNOWN_CORP_APPS, type KnownCorpApp } from '../domain/known';

/** Kept for the mark of a test: it comes before the app is begun, or not at all. */
export const corpAppConsumer = () =>
  defineConsumer(corpAppTopic, {
    name: KNOWN_CORP_APPS,
    project: ({ data }): KnownCorpApp => ({ hasBegun: data.status !== 'TO_DEVELOP' }),
    effects: async () => undefined,
  });
