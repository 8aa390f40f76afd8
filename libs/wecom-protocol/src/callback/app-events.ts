import { z } from 'zod';

const text = z.string();
const id = z.string().min(1);
/** Absent and empty mean the same: WeCom leaves out what does not apply. */
const optional = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : value));
const integer = z
  .string()
  .regex(/^-?\d{1,15}$/)
  .transform(Number);
const decimal = z
  .string()
  .regex(/^-?\d{1,4}(\.\d{1,20})?$/)
  .transform(Number);
/** Of 64 bits, hence text. */
const msgId = z.string().regex(/^\d{1,20}$/);

/** Messages that members send to the app (doc 96467). WeCom's element names on the left, ours on the right. */
const messages = {
  text: z
    .object({ Content: text, MsgId: msgId })
    .transform((message) => ({ kind: 'text' as const, content: message.Content, msgId: message.MsgId })),
  image: z.object({ PicUrl: text, MediaId: id, MsgId: msgId }).transform((message) => ({
    kind: 'image' as const,
    picUrl: message.PicUrl,
    mediaId: message.MediaId,
    msgId: message.MsgId,
  })),
  voice: z.object({ MediaId: id, Format: text, MsgId: msgId }).transform((message) => ({
    kind: 'voice' as const,
    mediaId: message.MediaId,
    format: message.Format,
    msgId: message.MsgId,
  })),
  video: z.object({ MediaId: id, ThumbMediaId: id, MsgId: msgId }).transform((message) => ({
    kind: 'video' as const,
    mediaId: message.MediaId,
    thumbMediaId: message.ThumbMediaId,
    msgId: message.MsgId,
  })),
  location: z
    .object({ Location_X: decimal, Location_Y: decimal, Scale: integer, Label: text, MsgId: msgId, AppType: optional })
    .transform((message) => ({
      kind: 'location' as const,
      latitude: message.Location_X,
      longitude: message.Location_Y,
      scale: message.Scale,
      label: message.Label,
      msgId: message.MsgId,
      appType: message.AppType,
    })),
  link: z
    .object({ Title: text, Description: text, Url: text, PicUrl: text, MsgId: msgId })
    .transform((message) => ({
      kind: 'link' as const,
      title: message.Title,
      description: message.Description,
      url: message.Url,
      picUrl: message.PicUrl,
      msgId: message.MsgId,
    })),
} as const;

/** An event about which the frame says everything, or nearly so: menu entries and the like carry an EventKey. */
const keyed = <Name extends string>(name: Name) =>
  z.object({ EventKey: optional }).transform(({ EventKey: eventKey }) => ({ kind: name, eventKey }));

const effective = <Name extends string>(name: Name) =>
  z.object({ EffectTime: integer }).transform(({ EffectTime: effectTimeSec }) => ({ kind: name, effectTimeSec }));

const plain = <Name extends string>(name: Name) => z.object({}).transform(() => ({ kind: name }));

const scanned = <Name extends string>(name: Name) =>
  z
    .object({ EventKey: optional, ScanCodeInfo: z.object({ ScanType: text, ScanResult: text }) })
    .transform(({ EventKey: eventKey, ScanCodeInfo: { ScanType: scanType, ScanResult: scanResult } }) => ({
      kind: name,
      eventKey,
      scanType,
      scanResult,
    }));

/** Events of the app (docs 96468, 96301–96304, 96361, 97195). What changed in a contact is left to `fields`. */
const events = {
  subscribe: keyed('subscribe'),
  unsubscribe: keyed('unsubscribe'),
  enter_agent: keyed('enter_agent'),
  click: keyed('click'),
  view: keyed('view'),
  view_miniprogram: keyed('view_miniprogram'),
  scancode_push: scanned('scancode_push'),
  scancode_waitmsg: scanned('scancode_waitmsg'),
  LOCATION: z
    .object({ Latitude: decimal, Longitude: decimal, Precision: decimal, AppType: optional })
    .transform((event) => ({
      kind: 'LOCATION' as const,
      latitude: event.Latitude,
      longitude: event.Longitude,
      precision: event.Precision,
      appType: event.AppType,
    })),
  batch_job_result: z
    .object({ BatchJob: z.object({ JobId: id, JobType: id, ErrCode: integer, ErrMsg: text }) })
    .transform(({ BatchJob: job }) => ({
      kind: 'batch_job_result' as const,
      jobId: job.JobId,
      jobType: job.JobType,
      errCode: job.ErrCode,
      errMsg: job.ErrMsg,
    })),
  change_contact: z
    .object({ ChangeType: id, UserID: optional, NewUserID: optional, Id: optional, TagId: optional })
    .transform((event) => ({
      kind: 'change_contact' as const,
      changeType: event.ChangeType,
      userId: event.UserID,
      newUserId: event.NewUserID,
      partyId: event.Id,
      tagId: event.TagId,
    })),
  change_external_contact: z
    .object({ ChangeType: id, UserID: optional, ExternalUserID: optional, State: optional, WelcomeCode: optional })
    .transform((event) => ({
      kind: 'change_external_contact' as const,
      changeType: event.ChangeType,
      userId: event.UserID,
      externalUserId: event.ExternalUserID,
      state: event.State,
      welcomeCode: event.WelcomeCode,
    })),
  change_external_chat: z
    .object({ ChangeType: id, ChatId: id, UpdateDetail: optional })
    .transform((event) => ({
      kind: 'change_external_chat' as const,
      changeType: event.ChangeType,
      chatId: event.ChatId,
      updateDetail: event.UpdateDetail,
    })),
  change_external_tag: z
    .object({ ChangeType: id, Id: id, TagType: optional })
    .transform((event) => ({
      kind: 'change_external_tag' as const,
      changeType: event.ChangeType,
      id: event.Id,
      tagType: event.TagType,
    })),
  kf_msg_or_event: z
    .object({ Token: id, OpenKfId: id })
    .transform((event) => ({ kind: 'kf_msg_or_event' as const, token: event.Token, openKfId: event.OpenKfId })),
  inactive_alert: effective('inactive_alert'),
  low_active_alert: effective('low_active_alert'),
  close_inactive_agent: plain('close_inactive_agent'),
  reopen_inactive_agent: plain('reopen_inactive_agent'),
  low_active: plain('low_active'),
  active_restored: plain('active_restored'),
  unlicensed_notify: plain('unlicensed_notify'),
  change_app_admin: plain('change_app_admin'),
  share_agent_change: plain('share_agent_change'),
  share_chain_change: plain('share_chain_change'),
} as const;

type AnyOf<Shapes extends Readonly<Record<string, z.ZodType>>> = { [Name in keyof Shapes]: z.output<Shapes[Name]> }[keyof Shapes];

/** A message of a member, told apart by `kind`. */
export type AppMessage = AnyOf<typeof messages>;
/** An event of the app, told apart by `kind`: WeCom's name of it. */
export type AppEvent = AnyOf<typeof events>;
export type AppContent = AppMessage | AppEvent;

export const APP_MESSAGE_NAMES = Object.keys(messages) as ReadonlyArray<AppMessage['kind']>;
export const APP_EVENT_NAMES = Object.keys(events) as ReadonlyArray<AppEvent['kind']>;

const shapeOf = (msgType: string, event: string | null): z.ZodType<AppContent> | null => {
  const [shapes, name]: [Readonly<Record<string, z.ZodType<AppContent>>>, string | null] =
    msgType === 'event' ? [events, event] : [messages, msgType];
  return name !== null && Object.hasOwn(shapes, name) ? shapes[name]! : null;
};

/**
 * Null content without a fault: a name without a strict shape, which passes through as it is. `fault` names the broken
 * fields, never their values: they are what somebody wrote.
 */
export const normaliseAppContent = (
  document: { readonly msgType: string; readonly event: string | null },
  fields: unknown,
): { readonly content: AppContent | null; readonly fault: string | null } => {
  const shape = shapeOf(document.msgType, document.event);
  if (shape === null) {
    return { content: null, fault: null };
  }
  const parsed = shape.safeParse(fields);
  return parsed.success
    ? { content: parsed.data, fault: null }
    : {
        content: null,
        fault: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; '),
      };
};
