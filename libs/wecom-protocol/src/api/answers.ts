import { z } from 'zod';

// Only what the product reads, unknown fields fall away. WeCom leaves fields out or sends null where it has nothing.
const textOrEmpty = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const textOrNull = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value));
const id = z.string().min(1);
const flag = z
  .union([z.boolean(), z.number()])
  .nullish()
  .transform((value) => value === true || value === 1);
const listOf = <T>(item: z.ZodType<T>) =>
  z
    .array(item)
    .nullish()
    .transform((value): readonly T[] => value ?? []);
const integers = listOf(z.number().int());
const strings = listOf(z.string());

const expiresInSec = z.number().int().positive();

export const providerTokenAnswer = z
  .object({ provider_access_token: id, expires_in: expiresInSec })
  .transform((answer): TokenAnswer => ({ token: answer.provider_access_token, expiresInSec: answer.expires_in }));
export const suiteTokenAnswer = z
  .object({ suite_access_token: id, expires_in: expiresInSec })
  .transform((answer): TokenAnswer => ({ token: answer.suite_access_token, expiresInSec: answer.expires_in }));
export const accessTokenAnswer = z
  .object({ access_token: id, expires_in: expiresInSec })
  .transform((answer): TokenAnswer => ({ token: answer.access_token, expiresInSec: answer.expires_in }));
/** A token of any kind. `expiresInSec` counts from when WeCom made it. */
export interface TokenAnswer {
  readonly token: string;
  readonly expiresInSec: number;
}

export const customizedAuthUrlAnswer = z
  .object({ qrcode_url: z.url(), expires_in: expiresInSec })
  .transform((answer) => ({ qrcodeUrl: answer.qrcode_url, expiresInSec: answer.expires_in }));
/** `qrcodeUrl` is what the picture encodes, not the picture. */
export type CustomizedAuthUrl = z.output<typeof customizedAuthUrlAnswer>;

export const permanentCodeAnswer = z
  .object({
    permanent_code: id,
    auth_corp_info: z.object({ corpid: id, corp_name: textOrEmpty }),
    auth_user_info: z
      .object({ userid: textOrNull, open_userid: textOrNull, name: textOrNull, avatar: textOrNull })
      .nullish(),
    state: textOrNull,
  })
  .transform((answer) => ({
    /** For a delegated app this is the app's secret. */
    permanentCode: answer.permanent_code,
    corpId: answer.auth_corp_info.corpid,
    corpName: answer.auth_corp_info.corp_name,
    authUser:
      answer.auth_user_info === undefined || answer.auth_user_info === null
        ? null
        : {
            userId: answer.auth_user_info.userid,
            openUserId: answer.auth_user_info.open_userid,
            name: answer.auth_user_info.name,
            avatar: answer.auth_user_info.avatar,
          },
    state: answer.state,
  }));
/** No agent id: only getAuthInfo tells it. */
export type PermanentCode = z.output<typeof permanentCodeAnswer>;

const privilege = z
  .object({
    allow_party: integers,
    allow_user: strings,
    allow_tag: integers,
    extra_party: integers,
    extra_user: strings,
    extra_tag: integers,
  })
  .transform((value) => ({
    allowParties: value.allow_party,
    allowUsers: value.allow_user,
    allowTags: value.allow_tag,
    extraParties: value.extra_party,
    extraUsers: value.extra_user,
    extraTags: value.extra_tag,
  }));

const authorizedAgent = z
  .object({
    agentid: z.number().int(),
    name: textOrEmpty,
    round_logo_url: textOrEmpty,
    square_logo_url: textOrEmpty,
    auth_mode: z.number().int().nullish(),
    is_customized_app: flag,
    auth_from_thirdapp: flag,
    privilege: privilege.nullish(),
  })
  .transform((agent) => ({
    agentId: agent.agentid,
    name: agent.name,
    roundLogoUrl: agent.round_logo_url,
    squareLogoUrl: agent.square_logo_url,
    /** auth_mode 0 admin, 1 member. */
    mode: agent.auth_mode === 1 ? ('MEMBER' as const) : ('ADMIN' as const),
    isCustomizedApp: agent.is_customized_app,
    authFromThirdApp: agent.auth_from_thirdapp,
    /** null when it was not sent, which is not an empty range. */
    privilege: agent.privilege ?? null,
  }));
/** Identity and visible range of the app inside the corp. `privilege.level` means nothing here and is left out. */
export type AuthorizedAgent = z.output<typeof authorizedAgent>;

export const authInfoAnswer = z
  .object({
    auth_corp_info: z.object({
      corpid: id,
      corp_name: textOrEmpty,
      corp_type: textOrEmpty,
      corp_square_logo_url: textOrEmpty,
      corp_user_max: z.number().int().nullish(),
      corp_full_name: textOrEmpty,
      verified_end_time: z.number().int().nullish(),
      subject_type: z.number().int().nullish(),
      corp_scale: textOrEmpty,
      corp_industry: textOrEmpty,
      corp_sub_industry: textOrEmpty,
    }),
    auth_info: z.object({ agent: listOf(authorizedAgent) }).nullish(),
    dealer_corp_info: z.object({ corpid: textOrEmpty, corp_name: textOrEmpty }).nullish(),
  })
  .transform(({ auth_corp_info: corp, auth_info: info, dealer_corp_info: dealer }) => ({
    corp: {
      corpId: corp.corpid,
      name: corp.corp_name,
      fullName: corp.corp_full_name,
      verified: corp.corp_type === 'verified',
      squareLogoUrl: corp.corp_square_logo_url,
      userMax: corp.corp_user_max ?? null,
      /** Unix seconds. */
      verifiedEndTimeSec: corp.verified_end_time ?? null,
      /** 1 企业, 2 政府以及事业单位, 3 其他组织, 4 团队号. */
      subjectType: corp.subject_type ?? null,
      scale: corp.corp_scale,
      industry: corp.corp_industry,
      subIndustry: corp.corp_sub_industry,
    },
    agents: info?.agent ?? [],
    dealerCorp: dealer === undefined || dealer === null ? null : { corpId: dealer.corpid, name: dealer.corp_name },
  }));
/** `agents` has one entry for a delegated app. */
export type AuthInfo = z.output<typeof authInfoAnswer>;

export const agentAnswer = z
  .object({
    agentid: z.number().int(),
    name: textOrEmpty,
    description: textOrEmpty,
    square_logo_url: textOrEmpty,
    home_url: textOrEmpty,
    redirect_domain: textOrEmpty,
    close: flag,
    report_location_flag: flag,
    isreportenter: flag,
    customized_publish_status: z.number().int().nullish(),
    allow_userinfos: z.object({ user: listOf(z.object({ userid: id })) }).nullish(),
    allow_partys: z.object({ partyid: integers }).nullish(),
    allow_tags: z.object({ tagid: integers }).nullish(),
  })
  .transform((agent) => ({
    agentId: agent.agentid,
    name: agent.name,
    description: agent.description,
    squareLogoUrl: agent.square_logo_url,
    homeUrl: agent.home_url,
    redirectDomain: agent.redirect_domain,
    disabled: agent.close,
    reportsLocation: agent.report_location_flag,
    reportsEnter: agent.isreportenter,
    /** 0 待开发, 1 开发中, 2 已上线, 3 已上线 with an unpublished newer version; null when it was not sent. */
    customizedPublishStatus: agent.customized_publish_status ?? null,
    allowUsers: (agent.allow_userinfos?.user ?? []).map((user) => user.userid),
    allowParties: agent.allow_partys?.partyid ?? [],
    allowTags: agent.allow_tags?.tagid ?? [],
  }));
export type Agent = z.output<typeof agentAnswer>;

export const permissionsAnswer = z
  .object({
    // Required: a missing list is not an empty set, and an empty set would take every permission away.
    app_permissions: z.array(z.string()),
    app_permissions_ext: listOf(z.object({ permission_name: id, expire_time: z.number().int().nullish() })),
  })
  .transform((answer) => ({
    /** Codes `group:sub:item`; unknown ones are kept. */
    permissions: answer.app_permissions,
    /** Second-confirmation permissions; `expireTimeSec` unix seconds, null = never. */
    expiring: answer.app_permissions_ext.map((entry) => ({
      permission: entry.permission_name,
      expireTimeSec: entry.expire_time === undefined || entry.expire_time === 0 ? null : entry.expire_time,
    })),
  }));
export type Permissions = z.output<typeof permissionsAnswer>;

export const callbackIpAnswer = z
  .object({ ip_list: z.array(z.string()) })
  .transform((answer) => ({ ipList: answer.ip_list }));
/** Entries may have a wildcard: `101.226.103.*`. */
export type CallbackIps = z.output<typeof callbackIpAnswer>;

export const openCorpidAnswer = z
  .object({ open_corpid: id })
  .transform((answer) => ({ openCorpId: answer.open_corpid }));
export type OpenCorpid = z.output<typeof openCorpidAnswer>;
