import type { Words } from '../words.js';

export const common: Words['common'] = {
  language: '繁體中文',
  youAreAt: (host) => ['你目前在 ', host],
  sentence: (title) => `${title}。`,
  paidModels: '付費模型',
  modelsOf: (tiers) => `${tiers} 模型`,
  continue: '繼續',
  back: '返回',
  or: '或',
  noScript: (host) => `通行密鑰需要 JavaScript。請允許 ${host} 使用 JavaScript，然後重新載入本頁。`,
  copyRequestId: '複製要求編號',
  today: (time) => `今天 ${time}`,
  copied: '已複製',
  copyForbidden: '這裡不允許複製',
};
