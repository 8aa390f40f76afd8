import { coded, codeless, group, type PermissionGroup, type Remark } from './catalogue';

const externalcontact = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `externalcontact/${name}`);

/** Opened by the member's own consent; the data comes from one call alone. */
const CONSENT = { remarks: ['SENSITIVE', 'MEMBER_CONSENT'], apis: ['auth/getuserdetail'] } as const;
const THIRD_PARTY = { remarks: ['THIRD_PARTY_ONLY'] } as const;

const members = group('通讯录管理', 'Contacts', [
  coded('contact:base:base', '通讯录基本信息只读', 'Basic contact information, read only', THIRD_PARTY),
  coded('contact:base:single_user', '通讯录单个信息只读', 'Information of one member, read only', THIRD_PARTY),
  coded('contact:edit:all', '通讯录全部信息读写', 'All contact information, read and write', THIRD_PARTY),
  coded('contact:sensitive:user_name', '姓名', 'Name'),
  coded('contact:sensitive:department_name', '部门名', 'Department name'),
  coded('contact:sensitive:position', '职务', 'Position'),
  coded('contact:sensitive:telephone', '座机', 'Landline'),
  coded('contact:sensitive:external_position', '对外职务', 'External position'),
  coded('contact:sensitive:external_profile', '对外属性', 'External profile'),
  coded('contact:sensitive:extattr', '拓展属性', 'Extended attributes'),
  coded('contact:sensitive:avatar', '头像', 'Avatar', CONSENT),
  coded('contact:sensitive:gender', '性别', 'Gender', CONSENT),
  coded('contact:sensitive:mobile', '手机号', 'Mobile number', CONSENT),
  coded('contact:sensitive:email', '邮箱', 'Email', CONSENT),
  coded('contact:sensitive:address', '地址', 'Address', CONSENT),
  coded('contact:sensitive:biz_mail', '企业邮箱', 'Corporate email', CONSENT),
  coded('contact:sensitive:qrcode', '员工企业微信二维码', "Member's WeCom QR code", CONSENT),
]);

const structure = group('组织架构', 'Organisation', [
  coded('corp_arch:base:base', '部门及父部门ID、部门负责人', 'Departments, their parents and leaders', {
    apis: ['department/simplelist', 'department/get'],
  }),
  coded('corp_arch:member:direct_leader', '直属上级', 'Direct leader of visible members'),
]);

const ACQUISITION = 'externalcontact:customer_acquisition';
const ACQUISITION_REMARKS: readonly Remark[] = ['SECOND_CONFIRMATION', 'EXTENDED'];

const customers = group('企业客户权限', 'Customers', [
  coded('externalcontact:base:base', '客户和客户群列表、昵称、备注、标签', 'Lists, nicknames, remarks and tags of customers and groups', {
    apis: externalcontact(
      'list', 'get', 'batch/get_by_user', 'remark', 'groupchat/list', 'groupchat/get', 'mark_tag', 'get_corp_tag_list',
      'get_follow_user_list',
    ),
  }),
  codeless('customer-mobile', '客户手机号', "Customers' mobile numbers", { remarks: ['SENSITIVE', 'NO_LONGER_RETURNED'] }),
  codeless('customer-avatar', '客户头像', "Customers' avatars", { remarks: ['SENSITIVE', 'NO_LONGER_RETURNED'] }),
  coded('externalcontact:contact:tag', '管理企业客户标签', 'Manage customer tags', {
    apis: externalcontact('add_corp_tag', 'edit_corp_tag', 'del_corp_tag'),
  }),
  coded('externalcontact:contact:group_msg', '群发消息给客户和客户群', 'Mass messages to customers and groups', {
    apis: externalcontact('add_msg_template', 'remind_groupmsg_send', 'cancel_groupmsg_send', 'get_groupmsg_*'),
  }),
  coded('externalcontact:contact:welcome_msg', '给客户发送欢迎语', 'Welcome messages to customers', {
    apis: externalcontact('send_welcome_msg'),
  }),
  coded('externalcontact:contact:qrcode', '配置「联系我」二维码', 'Contact-me codes', {
    apis: externalcontact(
      'add_contact_way', 'get_contact_way', 'list_contact_way', 'update_contact_way', 'del_contact_way', 'close_temp_chat',
    ),
  }),
  coded('externalcontact:contact:stat', '获取成员联系客户的数据统计', 'Statistics of contacts with customers', {
    apis: externalcontact('get_user_behavior_data'),
  }),
  coded('externalcontact:contact:transfer', '分配在职成员的客户（在职继承）', "Transfer active members' customers", {
    apis: externalcontact('transfer_customer', 'transfer_result'),
  }),
  coded('externalcontact:contact:resigned', '分配离职成员的客户（离职继承）', "Transfer former members' customers", {
    apis: externalcontact('get_unassigned_list', 'resigned/transfer_customer', 'resigned/transfer_result'),
  }),
  coded('externalcontact:contact:product_album', '管理商品图册', 'Product albums', {
    apis: externalcontact(
      'add_product_album', 'get_product_album', 'get_product_album_list', 'update_product_album', 'delete_product_album',
    ),
  }),
  coded('externalcontact:contact:intercept_rule', '管理敏感词', 'Sensitive words', {
    apis: externalcontact(
      'add_intercept_rule', 'get_intercept_rule', 'get_intercept_rule_list', 'update_intercept_rule', 'del_intercept_rule',
    ),
  }),
  coded('externalcontact:groupchat:welcome_msg', '配置入群欢迎语素材', 'Welcome material of customer groups', {
    apis: externalcontact('group_welcome_template/*'),
  }),
  coded('externalcontact:groupchat:stat', '获取客户群的数据统计', 'Statistics of customer groups', {
    apis: externalcontact('groupchat/statistic', 'groupchat/statistic_group_by_day'),
  }),
  coded('externalcontact:groupchat:resigned', '分配离职成员的客户群', "Transfer former members' customer groups", {
    apis: externalcontact('groupchat/transfer'),
  }),
  coded('externalcontact:groupchat:transfer', '分配在职成员的客户群', "Transfer active members' customer groups", {
    apis: externalcontact('groupchat/onjob_transfer'),
  }),
  codeless('groupchat-join-way', '配置「加入群聊」二维码', 'Join-group codes', {
    remarks: ['PAID'],
    apis: externalcontact(
      'groupchat/add_join_way', 'groupchat/get_join_way', 'groupchat/update_join_way', 'groupchat/del_join_way',
    ),
  }),
  coded('externalcontact:moment:list', '获取企业全部的发表记录', 'All published moments', {
    apis: externalcontact('get_moment_list', 'get_moment_task'),
  }),
  coded('externalcontact:moment:post', '发表到成员客户的朋友圈', 'Publish moments to customers', {
    apis: externalcontact('add_moment_task', 'get_moment_task_result', 'cancel_moment_task'),
  }),
  codeless('customer-strategy', '管理客户联系规则组', 'Rule groups of customer contact', {
    apis: externalcontact(
      'customer_strategy/*', 'add_strategy_tag', 'edit_strategy_tag', 'del_strategy_tag', 'get_strategy_tag_list',
    ),
  }),
  codeless('moment-strategy', '管理客户朋友圈规则组', 'Rule groups of moments', { apis: externalcontact('moment_strategy/*') }),
  coded(`${ACQUISITION}:base`, '查询获客数、管理获客链接、获取客户列表', 'Acquisition assistant: quota, links, customers', {
    remarks: ['SECOND_CONFIRMATION'],
    apis: externalcontact('customer_acquisition/*', 'customer_acquisition_quota'),
  }),
  coded(`${ACQUISITION}:query_quota`, '使用企业获客助手使用量', 'Acquisition assistant: use the quota', {
    remarks: ACQUISITION_REMARKS,
  }),
  coded(`${ACQUISITION}:link`, '创建和编辑获客链接', 'Acquisition assistant: make and edit links', {
    remarks: ACQUISITION_REMARKS,
  }),
  coded(`${ACQUISITION}:customer`, '获取获客链接添加的客户列表', 'Acquisition assistant: customers of the links', {
    remarks: ACQUISITION_REMARKS,
  }),
  coded(`${ACQUISITION}:conversion_data`, '广告投放时的转化数据', 'Acquisition assistant: conversion data of advertising', {
    remarks: [...ACQUISITION_REMARKS, 'EXPIRES'],
  }),
  coded('externalcontact:resident:manage', '管理网格和事件', 'Grids and events of residents', {
    remarks: ['GOVERNMENT_ONLY'],
    apis: ['report/grid/*'],
  }),
]);

const service = group('微信客服', 'Customer service', [
  coded('customerservice:base:base', '获取基础信息', 'Basic information', {
    apis: ['kf/account/list', 'kf/add_contact_way', 'kf/servicer/list', 'kf/customer/batchget'],
  }),
  coded('customerservice:chat:manage', '管理账号、分配会话和收发消息', 'Accounts, sessions and messages', {
    apis: [
      'kf/account/add', 'kf/account/del', 'kf/account/update', 'kf/servicer/add', 'kf/servicer/del', 'kf/service_state/*',
      'kf/sync_msg', 'kf/send_msg', 'kf/send_msg_on_event',
    ],
  }),
  coded('customerservice:tool:upgrade', '配置「升级服务」', 'Upgraded service', {
    apis: ['kf/customer/get_upgrade_service_config', 'kf/customer/upgrade_service', 'kf/customer/cancel_upgrade_service'],
  }),
  coded('customerservice:tool:stat', '获取客服数据统计', 'Statistics of customer service', {
    apis: ['kf/get_corp_statistic', 'kf/get_servicer_statistic'],
  }),
]);

const office = group('办公', 'Office', [
  coded('externalpay:base:base', '对外收款', 'Payments received by visible members', {
    apis: ['externalpay/get_bill_list', 'externalpay/get_payment_info'],
  }),
  coded('calendar:base:base', '日程', 'Calendar', { apis: ['oa/calendar/*', 'oa/schedule/*'] }),
  coded('meeting:base:base', '会议', 'Meetings', {
    apis: ['meeting/create', 'meeting/update', 'meeting/cancel', 'meeting/get_user_meetingid'],
  }),
  coded('living:base:base', '直播', 'Live broadcasts', { apis: ['living/*'] }),
  coded('email:base:base', '邮件', 'Mail', { apis: ['exmail/app/*'] }),
  coded('doc:base:base', '文档', 'Documents', { apis: ['wedoc/*'] }),
  coded('wedrive:base:base', '微盘', 'Drive', { apis: ['wedrive/*'] }),
  coded('approval:base:base', '审批', 'Approvals', {
    apis: [
      'oa/gettemplatedetail', 'oa/applyevent', 'oa/getapprovalinfo', 'oa/getapprovaldetail', 'oa/vacation/*',
      'oa/approval/create_template', 'oa/approval/update_template',
    ],
  }),
  coded('checkin:app:base', '打卡应用数据', 'Check-in', { apis: ['checkin/*'] }),
]);

const hardware = group('智慧硬件', 'Devices', [
  coded('hardware:base:base', '设备SN编码、设备名称、设备备注名称', 'Serial numbers, names and remarks of devices'),
  coded('hardware:checkin:checkin_data', '考勤机打卡原始数据', 'Raw check-in data of devices', {
    remarks: ['NAME_INFERRED'],
    apis: ['hardware/get_hardware_checkin_data'],
  }),
  coded('hardware:checkin:temperature_data', '温度检测原始数据', 'Raw temperature data'),
  coded('hardware:checkin:accesscontrol_data', '门禁通行原始数据', 'Raw data of doors'),
  coded('hardware:checkin:read_rule', '读取门禁规则', 'Read rules of doors'),
  coded('hardware:checkin:edit_rule', '创建门禁规则', 'Make rules of doors'),
  coded('hardware:printer:print', '发起文件打印', 'Print files'),
]);

const school = group('家校沟通', 'Schools', [
  coded('school:base:base', '可读取家校通讯录，获取家长基本信息', 'Read school contacts and basic information of parents', {
    remarks: ['SCHOOL_ONLY'],
    apis: ['school/user/*', 'school/department/list'],
  }),
  coded('school:edit:all', '家校通讯录编辑', 'Use and edit school contacts', {
    remarks: ['SCHOOL_ONLY'],
    apis: [
      'school/user/create_*', 'school/user/batch_*', 'school/user/update_*', 'school/user/delete_*',
      'school/department/create', 'school/department/update', 'school/department/delete',
    ],
  }),
  coded('school:sensitive:mobile', '家长手机号', "Parents' mobile numbers", { remarks: ['SCHOOL_ONLY', 'SENSITIVE'] }),
]);

const sectors = group('行业权限', 'Sectors', [
  coded('emergency:base:push', '紧急应用通知', 'Emergency notices', {
    remarks: ['MEDICAL_ONLY'],
    apis: ['pstncc/call', 'pstncc/getstates'],
  }),
  coded('patrol:report:base', '巡查上报', 'Patrol reports', { remarks: ['GOVERNMENT_ONLY'], apis: ['report/patrol/*'] }),
  coded('resident:report:base', '居民上报', 'Residents’ reports', { remarks: ['GOVERNMENT_ONLY'], apis: ['report/resident/*'] }),
]);

const SECOND = { remarks: ['SECOND_CONFIRMATION'] } as const;
const GREY = { remarks: ['SECOND_CONFIRMATION', 'GREY_APPS'] } as const;

const data = group('数据与智能专区', 'Data zone', [
  coded('datazone:data:chat', '企业会话内容数据', 'Contents of conversations', SECOND),
  coded('datazone:data:knowledge_base', '企业知识集数据', 'Knowledge sets', SECOND),
  coded('datazone:component:chat', '会话展示组件', 'Component that shows conversations', SECOND),
  coded('datazone:chatdata:base', '可分析企业会话内容数据', 'Analyse conversations', GREY),
  coded('datazone:chatdata:hit_keyword', '会话关键词命中结果', 'Conversations: keyword hits', GREY),
  coded('datazone:chatdata:search', '会话搜索结果', 'Conversations: search results', GREY),
  coded('datazone:chatdata:sentiment_analysis', '会话情感分析', 'Conversations: sentiment', GREY),
  coded('datazone:chatdata:customer_tag', '客户标签', 'Conversations: customer tags', GREY),
  coded('datazone:chatdata:summary', '会话摘要', 'Conversations: summary', GREY),
  coded('datazone:chatdata:recommend_dialog', '话术推荐', 'Conversations: recommended wording', GREY),
  coded('datazone:chatdata:customized_data', '自定义数据', 'Conversations: own data', GREY),
  coded('datazone:knowledge:base', '分析企业知识集数据', 'Analyse knowledge sets', GREY),
  coded('datazone:knowledge:recommend_dialog', '话术推荐', 'Knowledge sets: recommended wording', GREY),
  coded('datazone:knowledge:customized_data', '自定义数据', 'Knowledge sets: own data', GREY),
  coded('datazone:docdata:base', '分析文档数据', 'Analyse documents', GREY),
  coded('datazone:docdata:customized_data', '自定义数据', 'Documents: own data', GREY),
]);

/** Every published code of agent/get_permissions, and what the console has without one. */
export const CUSTOM_PERMISSION_GROUPS: readonly PermissionGroup[] = [
  members,
  structure,
  customers,
  service,
  office,
  hardware,
  school,
  sectors,
  data,
];
