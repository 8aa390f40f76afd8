import type { Image, Revision, RuleSet } from '@daikaifa/rules';
import type { DelegatedTemplate, TemplateContent } from '../domain/delegated-template';
import type { Publisher } from '../domain/publisher';

/** What the resolvers of a GraphQL type get: the domain's own objects. */
export type PublisherMapper = Publisher;
export type DelegatedTemplateMapper = DelegatedTemplate;
export type RuleSetMapper = RuleSet;

export type ImageMapper = Image;
export type TemplateRevisionMapper = Revision<TemplateContent>;
