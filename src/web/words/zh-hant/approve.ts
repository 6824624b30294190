import type { Words } from '../words.js';

export const approve: Words['approve'] = {
  number: (type) => [type, '，它顯示在另一個畫面上'],
  numberBold: '輸入兩位數字',
  wrongNumber: (left) => `數字不對，還可以試 ${left} 次。`,
  you: (person) => ['你是 ', person, '。'],
  signsIn: '你的通行密鑰也會讓你在這個瀏覽器登入。',
  notYours: '這個要求不是給你目前登入的帳號。如果是給你的另一個帳號，請用那個帳號的通行密鑰。',
  signIn: '在另一部裝置上登入',
  able: '它將能夠',
  message: '訊息',
  waiting: '等待你的通行密鑰…',
  notification: {
    title: (app) => `${app} 需要你的核准`,
    body: '開啟看它要求什麼。',
  },
  approved: {
    title: '已核准。',
    consequence: '你可以關閉這個頁面。',
    lede: (app) => [app, ' 會在另一個畫面上自動繼續。'],
    ledeSignedIn: (app) => [app, ' 會在另一個畫面上自動繼續。你在這裡也已經登入。'],
    account: '前往你的帳號',
  },
  denied: {
    title: '已拒絕。',
    consequence: '沒有任何花費。',
    lede: (app) => ['我們已經告訴 ', app, ' 你不同意。'],
  },
  notMeDone: {
    title: '我們擋下來了。',
    consequence: '沒有任何花費。',
    lede: (app) => [app, ' 暫時不能再向你提出要求，你之前允許它做的事也都收回了。'],
    account: '查看你的帳號',
  },
  notMeStranger: {
    lede: (app) => ['如果要收回 ', app, ' 已經能替你做的事，請登入並中斷它的連結。'],
    signIn: '登入',
  },
  wrongNumbers: {
    title: '三次數字都不對。',
    consequence: '沒有任何花費。',
    lede: '這個要求已經結束。如果是你要求的，請在那裡重新要求，再輸入新的數字。',
  },
  tooWeak: {
    title: '那個通行密鑰不夠強。',
    consequence: '沒有任何花費。',
    lede: (app) => [app, ' 需要我們認得的實體安全金鑰。請在你的帳號新增一個，再重新要求。'],
  },
  expired: {
    title: '這個要求已經結束。',
    consequence: '沒有任何花費。',
    lede: '沒有人及時回答。如果還需要，請在另一個畫面上重新要求。',
  },
  answered: {
    title: '這個要求之前已經回答過。',
    approved: '當時核准了。',
    denied: '當時拒絕了。',
  },
};
