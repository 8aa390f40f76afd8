import type { Image, Revision, RuleSet } from '@daikaifa/rules';
import type { CorpApp, CorpAppContent } from '../domain/corp-app';
import type { DriftEntry } from '../domain/observation';

/** What the resolvers of a GraphQL type get: the domain's own objects. */
export type CorpAppMapper = CorpApp;
export type CorpAppRevisionMapper = Revision<CorpAppContent>;
export type CorpAppLogoMapper = Image;
export type CorpAppRuleSetMapper = RuleSet;
export type DriftMapper = DriftEntry;

/** Owned by other services: here only the key is known. */
export interface DelegatedTemplateMapper {
  readonly id: string;
}
export type AuthorizationMapper = DelegatedTemplateMapper;
