import { text } from '@daikaifa/kernel';
import type { BasicPermission } from './catalogue';

const CONTACTS = text('通讯录管理', 'Contacts');
const SIGN_IN = text('身份验证', 'Sign-in');

/** The complete list of WeCom's page on the permissions of delegated apps. */
export const BASIC_PERMISSIONS: readonly BasicPermission[] = [
  {
    id: 'basic:contact:member',
    group: CONTACTS,
    name: text('成员基础信息', 'Basic information of members'),
    meaning: text(
      '可见范围内成员的 userid 与部门 id，不含敏感信息；id 转换、二次验证与邀请',
      'User ids and department ids of visible members, nothing sensitive; conversion of ids, second verification, invitation',
    ),
    // What user/get shows beyond ids is opened field by field by custom permissions.
    apis: ['user/get', 'user/simplelist', 'user/list', 'user/convert_to_openid', 'user/convert_to_userid', 'user/authsucc', 'batch/invite'],
  },
  {
    id: 'basic:contact:department',
    group: CONTACTS,
    name: text('获取部门列表', 'List of departments'),
    meaning: text('可见范围内的部门 id，不含名称', 'Ids of visible departments, no names'),
    apis: ['department/list'],
  },
  {
    id: 'basic:contact:tag',
    group: CONTACTS,
    name: text('标签管理', 'Tags'),
    meaning: text(
      '管理标签与可见范围内的标签成员，只能修改本应用创建的标签',
      'Tags and their visible members; only tags that the app itself made can be changed',
    ),
    apis: ['tag/*'],
  },
  {
    id: 'basic:signin:oauth',
    group: SIGN_IN,
    name: text('网页授权登录', 'OAuth sign-in'),
    meaning: text('可见范围内成员的账号', 'The account of visible members'),
    apis: ['auth/getuserinfo', 'user/getuserinfo'],
  },
  {
    id: 'basic:signin:scan',
    group: SIGN_IN,
    name: text('扫码授权登录', 'Sign-in by scan'),
    meaning: text('扫码登录网页', 'Signing in to a web page by scanning'),
    apis: ['auth/getuserinfo', 'user/getuserinfo'],
  },
  {
    id: 'basic:message',
    group: text('消息推送', 'Messages'),
    name: text('发送与接收消息', 'Sending and receiving messages'),
    meaning: text('发送消息，接收消息与事件', 'Sends messages, receives messages and events'),
    apis: ['message/send', 'message/recall', 'message/update_template_card'],
  },
  {
    id: 'basic:media',
    group: text('素材管理', 'Media'),
    name: text('素材管理', 'Media files'),
    meaning: text('上传与下载素材', 'Uploads and downloads media files'),
    apis: ['media/*'],
  },
  {
    id: 'basic:approval-engine',
    group: text('OA', 'Office'),
    name: text('审批流程引擎', 'Approval engine'),
    meaning: text('在应用中嵌入审批流程', 'Embeds the approval engine'),
    apis: ['corp/getopenapprovaldata'],
  },
  {
    id: 'basic:linked-corps',
    group: text('企业互联', 'Linked corps'),
    name: text('获取企业互联的应用信息', 'Apps shared with linked corps'),
    meaning: text('获取应用共享信息', 'Lists what is shared with linked corps'),
    apis: ['corpgroup/corp/list_app_share_info'],
  },
  {
    id: 'basic:invoice',
    group: text('电子发票', 'Electronic invoices'),
    name: text('全部', 'All'),
    meaning: text('微信电子发票报销', 'Reimbursement of electronic invoices from WeChat cards'),
    apis: ['card/invoice/reimburse/*'],
  },
];
