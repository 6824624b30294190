import type { Words } from '../words.js';

export const consent: Words['consent'] = {
  title: (app) => `要允許 ${app} 嗎？`,
  able: '它可以',
  neverAble: '它永遠不能',
  you: (person) => ['目前帳號：', person],
  either: (place) => ['無論如何，你都會回到 ', place],
  onDevice: {
    heading: '只有這部裝置上的應用程式能收到這項授權。',
    lede: '請確定是你自己剛剛啟動了它，再繼續。',
  },
  spending: {
    open: '它可以呼叫模型，可能產生費用',
  },
  allow: '允許',
  deny: '不允許',
  scopes: {
    identity: '知道是你本人',
    name: '看到你的名稱',
    email: '看到你的電子郵件',
    nameAndEmail: '看到你的名稱和電子郵件',
    stay: '保持連結，直到你移除它',
    readModels: '看到你能使用哪些模型',
    callModels: '替你呼叫模型',
    readModelsAt: (host) => `看到你在 ${host} 能使用哪些模型`,
    callModelsAt: (host) => `替你呼叫 ${host} 的模型`,
    other: (scope, host) => `在 ${host} 使用「${scope}」`,
  },
  limits: {
    otherDevice: '在其他裝置上使用這項權限',
    spend: '呼叫模型或花費任何金額',
    passkeys: '看到或更改你的通行密鑰',
  },
};
