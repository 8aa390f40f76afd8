/** Granted with the scan, shown on the authorization page, not editable. */
export const BASIC_PERMISSIONS = [
  { zh: '成员基础信息', en: 'user ids and department ids of visible members' },
  { zh: '获取部门列表', en: 'ids of visible departments' },
  { zh: '标签管理', en: 'tags made by the app' },
  { zh: '网页授权登录、扫码授权登录', en: 'sign-in of members' },
  { zh: '发送与接收消息', en: 'messages to and from members' },
  { zh: '素材管理', en: 'media upload and download' },
  { zh: '审批流程引擎', en: 'approval engine' },
  { zh: '获取企业互联的应用信息', en: 'shared app information' },
  { zh: '电子发票', en: 'e-invoices' },
] as const;

/** Codes of agent/get_permissions that a corp's admin can switch in the sandbox. */
export const CUSTOM_PERMISSIONS: Readonly<Record<string, string>> = {
  'contact:sensitive:user_name': '成员姓名',
  'contact:sensitive:department_name': '部门名',
  'contact:sensitive:mobile': '成员手机号',
  'corp_arch:base:base': '部门组织架构信息',
  'externalcontact:base:base': '客户和客户群基础信息',
  'externalcontact:contact:tag': '管理企业客户标签',
  'externalcontact:contact:group_msg': '群发消息给客户和客户群',
  'customerservice:base:base': '微信客服基础信息',
  'calendar:base:base': '日程',
  'approval:base:base': '审批',
  'checkin:app:base': '打卡',
};
