import type { Words } from '../words.js';

const startAgain = '照平常的方式打開應用程式，從那裡登入。';
const tellThem = '如果又看到本頁，請把要求編號告訴該應用程式的客服。';
const closeSender = '關閉帶你來這裡的網頁。';
const wait = '稍等一分鐘。';

export const errors: Words['errors'] = {
  redirect_uri_unregistered: {
    heading: '我們沒有帶你前往這個應用程式。',
    consequence: '沒有分享任何資料。',
    lede: '有人要求我們帶你前往這個應用程式從未登記過的網址。',
    steps: [closeSender, startAgain, tellThem],
  },
  client_authentication_failed: {
    heading: '我們不認識這個應用程式。',
    consequence: '沒有分享任何資料。',
    lede: '帶你來這裡的應用程式沒有在我們這裡登記。',
    steps: [closeSender, tellThem],
  },
  interaction_gone: {
    heading: '這次登入已經結束。',
    consequence: '沒有分享任何資料。',
    lede: '它可能已完成、超過一小時，或是在其他瀏覽器開始的。',
    steps: ['關閉本頁。', startAgain],
  },
  cross_site_form: {
    heading: '我們沒有接受這個回答。',
    consequence: '沒有任何變更。',
    lede: '它不是從我們自己的頁面送出的，或是那個頁面開著太久了。',
    steps: ['關閉本頁和帶你來這裡的網頁。', startAgain, tellThem],
  },
  device_unproven: {
    heading: '這個瀏覽器無法證明它是你的。',
    consequence: '沒有任何變更。',
    lede: '你登入時，它建立了一個從不離開它的金鑰。這次它沒有用那個金鑰回應：這可能是另一個瀏覽器，用的是你登入狀態的複本。',
    steps: ['重新登入。', '然後看看你的裝置，切斷不是你的。'],
  },
  not_found: {
    heading: '沒有這個頁面。',
    consequence: '你的帳號沒有問題。',
    lede: '網址可能打錯了，或頁面已經移走。',
    steps: ['檢查網址有沒有打錯。', startAgain],
  },
  server_error: {
    heading: '我們這邊出了問題。',
    consequence: '你沒有做錯任何事。',
    lede: '登入無法繼續。',
    steps: [wait, startAgain, tellThem],
  },
  database_unavailable: {
    heading: '我們現在很忙。',
    consequence: '沒有遺失任何資料。',
    lede: '通常一分鐘內就會恢復。',
    steps: [wait, '重新載入本頁。', tellThem],
  },
  rate_limited: {
    heading: '次數太多了。',
    consequence: '沒有任何變更。',
    lede: '從你的網路送來了太多要求。',
    steps: [wait, '重新載入本頁。'],
  },
  upstream_unavailable: {
    heading: '我們連不上那個服務。',
    consequence: '你沒有登入。',
    lede: '它現在沒有回應，或回應的方式我們看不懂。',
    steps: [wait, '再試一次，或改用其他方式登入。'],
  },
  upstream_denied: {
    heading: '那個服務沒有讓你登入。',
    consequence: '沒有分享任何資料。',
    lede: '你在那裡返回了，或它不允許你在這裡使用那個帳號。',
    steps: ['再試一次，或改用其他方式登入。'],
  },
  upstream_rejected: {
    heading: '這次登入沒有成功。',
    consequence: '你沒有登入。',
    lede: '那個服務傳回的內容，不是我們要求的內容。',
    steps: ['改用其他方式登入。', '如果再發生，請把要求編號告訴我們。'],
  },
  upstream_spent: {
    heading: '這次登入無法繼續。',
    consequence: '你沒有登入。',
    lede: '它已經完成、超過十分鐘，或是在其他瀏覽器開始的。',
    steps: ['關閉本頁。', startAgain],
  },
  upstream_email_unverified: {
    heading: '我們無法使用那個帳號。',
    consequence: '沒有建立任何東西。',
    lede: '那個服務沒有證明這個電子郵件地址屬於你，而我們只能靠它認出你。',
    steps: ['先在那個服務驗證你的地址，或改用其他方式登入。'],
  },
  upstream_changed: {
    heading: '情況在這期間變了。',
    consequence: '沒有建立任何東西。',
    lede: '現在已有帳號使用這個地址。',
    steps: ['再登入一次。'],
  },
  account_disabled: {
    heading: '沒有成功。',
    consequence: '你沒有登入。',
    lede: '這個帳號目前無法使用。',
    steps: ['如果你認為這是錯誤，請把要求編號告訴我們。'],
  },
  test_login_refused: {
    heading: '沒有成功。',
    consequence: '沒有人登入。',
    lede: '測試登入的資料不完整，或這個伺服器不允許測試登入。',
    steps: [startAgain],
  },
  step_gone: {
    heading: '這個頁面已經過時。',
    consequence: '沒有任何變更。',
    lede: '你已在另一個分頁繼續、等了太久，或是在其他瀏覽器開始的。',
    steps: ['關閉本頁。', startAgain],
  },
  recovery_undo_refused: {
    heading: '這個連結已經失效。',
    consequence: '這次沒有任何變更。',
    lede: '它只能用一次，而且只有幾天有效。那次復原可能已經取消。',
    steps: ['用你的通行密鑰登入。', '到帳號裡看看是否一切都是你的。'],
  },
  email_taken: {
    heading: '你已經有帳號了。',
    consequence: '沒有建立第二個。',
    lede: '同時有另一次註冊用你的電子郵件完成了。',
    steps: ['用你在那裡建立的通行密鑰登入。'],
  },
  otherwise: {
    heading: '無法使用這個要求。',
    consequence: '沒有分享任何資料。',
    lede: '帶你來這裡的應用程式提出要求的方式，我們不接受。',
    steps: ['關閉本頁。', startAgain, tellThem],
  },
};

export const errorPage: Words['errorPage'] = {
  requestId: '要求編號',
  when: '時間',
  reason: '原因',
  askedFor: '要求前往',
  next: '接下來怎麼做',
  support: (way) => ['需要協助嗎？', way],
  signInAgain: '重新登入',
  person: {
    consequence: '沒有任何變更。',
    lede: '你可以返回，再試一次。',
    steps: ['返回上一頁，然後重新載入。', startAgain, tellThem],
  },
};
