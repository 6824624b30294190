import type { Words } from '../words.js';

export const login: Words['login'] = {
  title: '登入',
  toApp: (app) => ['前往 ', app],
  withPasskey: '使用通行密鑰登入',
  or: '或',
  email: '電子郵件',
  onward: '繼續',
  newHere: '第一次來？',
  createAccount: '建立帳號',
  goBack: '不登入，返回',
  anAppOnThisDevice: '這部裝置上的應用程式',
  anAppOnThisDeviceBy: (scheme) => `這部裝置上的應用程式（${scheme}）`,
  saysItIsFrom: (place, host) => `${place}，自稱來自 ${host}`,
  theApp: '應用程式',
  test: {
    title: '測試登入',
    warning: '在這裡任何人都能以任何身分登入。切勿用於有人使用的伺服器。',
    login: '登入名稱',
    strength: '強度',
    weakest: (acr) => `留空：${acr}`,
    submit: '以測試身分登入',
  },
};
