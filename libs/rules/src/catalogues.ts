import { text, type LocalizedText } from '@daikaifa/kernel';

/** One entry that a person can choose. `code` is stored; the texts may change. */
export interface CatalogueEntry {
  readonly code: string;
  readonly text: LocalizedText;
}

const entry = (code: string, zh: string, en: string): CatalogueEntry => ({ code, text: text(zh, en) });

/** Starter set of application categories (分类). WeCom's own list is not published: operators extend it. */
export const CATEGORIES: readonly CatalogueEntry[] = [
  entry('CUSTOMER_MANAGEMENT', '客户管理', 'Customer management'),
  entry('COLLABORATION', '协同办公', 'Collaboration'),
  entry('HUMAN_RESOURCES', '人事管理', 'Human resources'),
  entry('FINANCE', '财务费控', 'Finance and expenses'),
  entry('MARKETING', '营销推广', 'Marketing'),
  entry('CUSTOMER_SERVICE', '客服售后', 'Customer service'),
  entry('PROJECT_MANAGEMENT', '项目管理', 'Project management'),
  entry('SUPPLY_CHAIN', '进销存与供应链', 'Inventory and supply chain'),
  entry('PRODUCTION', '生产制造', 'Production'),
  entry('LEARNING', '培训学习', 'Learning'),
  entry('DATA_ANALYSIS', '数据分析', 'Data analysis'),
  entry('ADMINISTRATION', '行政后勤', 'Administration'),
  entry('PRODUCTIVITY', '效率工具', 'Productivity'),
  entry('INDUSTRY_SPECIFIC', '行业应用', 'Industry-specific'),
];

/** Starter set of target industries (目标行业). */
export const INDUSTRIES: readonly CatalogueEntry[] = [
  entry('ANY', '不限行业', 'Any industry'),
  entry('INFORMATION_TECHNOLOGY', 'IT与互联网', 'Information technology'),
  entry('RETAIL', '零售批发', 'Retail and wholesale'),
  entry('MANUFACTURING', '生产制造', 'Manufacturing'),
  entry('EDUCATION', '教育培训', 'Education'),
  entry('FINANCE', '金融保险', 'Finance and insurance'),
  entry('HEALTHCARE', '医疗健康', 'Healthcare'),
  entry('GOVERNMENT', '政务与公共服务', 'Government and public service'),
  entry('CONSTRUCTION', '建筑房产', 'Construction and real estate'),
  entry('CATERING', '餐饮', 'Catering'),
  entry('TOURISM', '酒店旅游', 'Hotels and tourism'),
  entry('LOGISTICS', '物流运输', 'Logistics'),
  entry('ENERGY', '能源环保', 'Energy and environment'),
  entry('AGRICULTURE', '农林牧渔', 'Agriculture'),
  entry('MEDIA', '文体传媒', 'Culture, sports and media'),
  entry('PROFESSIONAL_SERVICES', '专业服务', 'Professional services'),
  entry('OTHER', '其他', 'Other'),
];
