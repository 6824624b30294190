import type { Words } from '../words.js';

export const approval: Words['approval'] = {
  title: '要核准嗎？',
  heading: (amount, tier) => [`${tier}：`, amount],
  upTo: (dollars) => `最多 ${dollars}`,
  noLimit: '金額不限',
  askedBy: (app) => ['提出請求的是 ', app],
  from: '來自',
  program: '某個程式',
  fromWhere: (browser, place, when) => [`${browser}，${place}，`, when],
  fromWhat: (browser, when) => [`${browser}，`, when],
  ends: '結束時間',
  models: '模型',
  everyModel: (tier) => `所有 ${tier} 模型`,
  calls: '呼叫次數',
  upToCalls: (count) => `最多 ${count} 次`,
  purpose: '用途',
  itSays: (text) => ['它說「', text, '」'],
  also: '它還可以',
  approve: '用通行密鑰核准',
  deny: '拒絕',
  goBack: (place) => `回到 ${place}`,
  notMe: '這不是我要求的',
  obstacles: {
    yourAccount: '你的帳號',
    noPasskey: (account) => [
      '只有通行密鑰能核准，而你還沒有。請到',
      account,
      '新增一個；新的通行密鑰要等一段時間才能核准。沒有花費任何金額。',
    ],
    passkeyHeld:
      '你的通行密鑰剛加入不久，還不能核准，以防不是你本人新增的。你的帳號頁面會顯示何時可以。沒有花費任何金額。',
    accountHeld: (when) => ['你最近用復原碼登入過。付費模型開放的時間：', when, '。沒有花費任何金額。'],
    expired: '這項請求已結束，請從應用程式重新開始。沒有花費任何金額。',
  },
};
