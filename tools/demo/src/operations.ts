/** The GraphQL operations of the demo. */
export const REGISTER_PROVIDER = /* GraphQL */ `
  mutation RegisterProvider($input: RegisterServiceProviderInput!) {
    registerServiceProvider(input: $input) { publisher { id name status corpId } }
  }
`;

export const CREATE_LOGO_UPLOAD = /* GraphQL */ `
  mutation CreateLogoUpload($input: CreateLogoUploadInput!) {
    createLogoUpload(input: $input) { url maxBytes contentTypes }
  }
`;

export const CREATE_TEMPLATE = /* GraphQL */ `
  mutation CreateTemplate($input: CreateDelegatedTemplateInput!) {
    createDelegatedTemplate(input: $input) { template { id version status } }
  }
`;

export const EDIT_TEMPLATE = /* GraphQL */ `
  mutation EditTemplate($input: EditDelegatedTemplateInput!) {
    editDelegatedTemplate(input: $input) { template { id version status workingRevision { number status } } }
  }
`;

export const SUBMIT_TEMPLATE = /* GraphQL */ `
  mutation SubmitTemplate($input: DelegatedTemplateChangeInput!) {
    submitDelegatedTemplate(input: $input) { template { id version status } }
  }
`;

export const TEMPLATE_VERSION = /* GraphQL */ `
  query TemplateVersion($id: ID!) {
    delegatedTemplate(id: $id) { id version status workingRevision { number status } onlineRevision { number } }
  }
`;

export const TEMPLATE_ENDPOINT = /* GraphQL */ `
  query TemplateEndpoint($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      callbackEndpoint { id url keysIssued verifiedAt health { status reason } }
    }
  }
`;

export const ISSUE_KEYS = /* GraphQL */ `
  mutation IssueKeys($input: IssueEndpointKeysInput!) {
    issueEndpointKeys(input: $input) { endpoint { id url } token encodingAesKey }
  }
`;

export const RECORD_PROVIDER_SECRET = /* GraphQL */ `
  mutation RecordProviderSecret($input: RecordProviderCredentialsInput!) {
    recordProviderCredentials(input: $input) { publisher { id providerCredentials { recordedAt } } }
  }
`;

export const RECORD_SUITE = /* GraphQL */ `
  mutation RecordSuite($input: RecordSuiteCredentialsInput!) {
    recordSuiteCredentials(input: $input) { template { id suite { suiteId ticket } } }
  }
`;

export const TEMPLATE_SUITE = /* GraphQL */ `
  query TemplateSuite($id: ID!) {
    delegatedTemplate(id: $id) { id suite { suiteId ticket ticketAt } }
  }
`;

export const REVIEW_ITEMS = /* GraphQL */ `
  query ReviewItems($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      reviewItems(first: 5) {
        nodes {
          id version state
          prechecks { code outcome text { zh en } }
          reasons { field code text { zh en } }
          previousItem { id state }
        }
      }
    }
  }
`;

export const DECIDE = /* GraphQL */ `
  mutation Decide($input: DecideReviewItemInput!) {
    decideReviewItem(input: $input) { item { id version state } }
  }
`;

export const LAUNCH = /* GraphQL */ `
  mutation Launch($input: LaunchReviewItemInput!) {
    launchReviewItem(input: $input) { item { id version state } }
  }
`;

export const CONFIRM_LAUNCH = /* GraphQL */ `
  mutation ConfirmLaunch($input: ConfirmLaunchInput!) {
    confirmLaunch(input: $input) { item { id version state } }
  }
`;

export const LINKS = /* GraphQL */ `
  query Links($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      authorizationLinks(first: 5) { nodes { id version state source url expiresAt pngUrl svgUrl installs } }
    }
  }
`;

export const AUTHORIZATIONS = /* GraphQL */ `
  query Authorizations($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      authorizations(first: 5) {
        nodes {
          id version status
          corp { id name }
          current {
            epoch status enabled environment secretsDestroyed
            observation {
              agent { agentId name }
              publishStatus { value }
              scope { users parties tags }
              permissions { codes }
            }
          }
        }
      }
    }
  }
`;

export const REFUSALS = /* GraphQL */ `
  query Refusals($id: ID!) {
    delegatedTemplate(id: $id) {
      id
      callbackEndpoint { id refusals(first: 5) { nodes { reason text { zh en } sizeBytes remoteAddress } } }
    }
  }
`;

/** Publisher → templates → revisions → review items → links → authorizations → corp, in one query over four services. */
export const WHOLE_TREE = /* GraphQL */ `
  query WholeTree($id: ID!) {
    publisher(id: $id) {
      name status
      templates(first: 5) {
        nodes {
          id status
          onlineRevision { number content { name introduction } }
          workingRevision { number status }
          callbackEndpoint { url health { status } }
          suite { suiteId ticket }
          reviewItems(first: 5) { nodes { id state previousItem { id } } }
          authorizationLinks(first: 5) { nodes { id state source installs } }
          authorizations(first: 5) {
            nodes {
              id status
              corp { id name }
              current { epoch status enabled observation { agent { agentId } publishStatus { value } scope { users } } }
            }
          }
        }
      }
    }
  }
`;
