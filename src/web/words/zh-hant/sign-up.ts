import type { Words } from '../words.js';

export const signUp: Words['signUp'] = {
  title: '建立帳號',
  forBrandThenApp: (brand, app) => [brand, ' 的帳號，接著前往 ', app],
  name: '我們該怎麼稱呼你？',
  email: '電子郵件（選填）',
  emailHint: '你允許的應用程式看得到它。若已有其他帳號使用，你的帳號將不含電子郵件。',
  createPasskey: '建立通行密鑰',
  aboutPasskeys: '通行密鑰留在你的裝置上，以你的臉、手指或 PIN 碼開啟。沒有密碼可以被偷走。',
  haveOne: '我已有通行密鑰',
};
