import type { Words } from '../words.js';

export const mailCode: Words['mailCode'] = {
  title: '請查看你的郵件',
  sent: (address, minutes) => ['我們已寄一組驗證碼到 ', address, `，${minutes} 分鐘內有效。`],
  sentIfKnown: (address, minutes) => [
    '如果 ',
    address,
    ` 有帳號，我們已寄出一組驗證碼，${minutes} 分鐘內有效。`,
  ],
  label: '郵件裡的驗證碼',
  hint: '六個數字。如果沒收到，請看看垃圾郵件匣。',
  again: '寄新的驗證碼',
  change: '改用其他地址',
  said: {
    wrong: '驗證碼不對。請檢查後再試一次。',
    gone: '這組驗證碼已不能使用。請寄一組新的。',
    sent: '新的驗證碼已寄出，舊的不再有效。',
    wait: '嘗試太多次了。請等幾分鐘再試。',
    limit: '這次登入不能再寄驗證碼了。請回到應用程式重新開始。',
  },
};
