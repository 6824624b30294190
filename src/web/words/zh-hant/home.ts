import type { Words } from '../words.js';

export const home: Words['home'] = {
  title: '登入',
  heading: '這裡是你登入的地方。',
  begin: '從應用程式開始。',
  lede: '打開你想使用的應用程式。它會帶你來這裡，你用通行密鑰登入，然後回到它那裡。',
  relyOn: '你可以放心',
  promises: [
    '沒有密碼可以被偷走',
    '應用程式從我們這裡得到的，只在它自己的裝置上有效',
    '我們絕不會透過郵件或電話索取你的通行密鑰',
  ],
  account: '你的帳號：通行密鑰、瀏覽器、應用程式',
  developers: (document) => ['正在開發應用程式嗎？所需的一切都在', document('探索文件'), '裡。'],
};
