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
  proving: {
    title: '請稍候',
    heading: '請稍候。',
    consequence: '你的瀏覽器正在證明它是你的。',
    open: '繼續',
  },
  again: {
    title: '請確認是你本人',
    signedInAs: (name) => ['你已登入為 ', name, '。'],
    withPasskey: '使用你的通行密鑰確認',
    notYou: '你是另一個人？',
  },
  strength: {
    passkey: '這個應用程式要求使用通行密鑰。在這裡，其他登入方式不夠安全。',
    hardwareKey:
      '這個應用程式要求使用加入時已驗證過的實體金鑰。在這裡，其他登入方式和其他通行密鑰都不夠安全。',
    none: '你的帳號沒有可用於此操作的通行密鑰。請先為帳號新增一個。',
    held: (when) => ['你的通行密鑰是不久前新增的。', when, ' 起才能用於此操作。'],
  },
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
